"""An archivist's journey in a real browser: upload, review, mend, publish, read."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import reverse

from archive.desk.sources import get_or_register_source
from archive.models import Article
from tests.admin.copies import COPY, SECOND

pytestmark = pytest.mark.django_db(transaction=True)

DROP = """([name, text]) => {
    const files = new DataTransfer();
    files.items.add(new File([text], name, {type: "text/plain"}));
    document.querySelector("drop-zone").dispatchEvent(new DragEvent("drop", {dataTransfer: files}));
}"""


@pytest.fixture
def signed_in(open_page, sign_in):
    """A function like `open_page` for pages of the desk by name, in a browser that is signed in."""
    get_or_register_source("varra-wire", name="Varra Wire", zone="Asia/Tehran")

    def open_signed_in(name, **options):
        return sign_in(open_page(address="", **options), reverse(f"admin:{name}"))

    return open_signed_in


def assert_accessible(page) -> None:
    # Preloading would resolve @import in the admin's style sheets against the page's address.
    results = Axe().run(page, options={"preload": False})
    assert results.violations_count == 0, results.generate_report()


@pytest.mark.parametrize("view", [{"width": 1280, "scheme": "light"}, {"width": 390, "scheme": "dark"}])
def test_wire_file_is_mended_published_and_read(signed_in, view):
    desk = signed_in("index", **view)
    assert_accessible(desk)
    desk.get_by_role("link", name="Upload copy").first.click()
    assert_accessible(desk)
    desk.get_by_label("Files").set_input_files(
        [
            {"name": "cooperation.txt", "mimeType": "text/plain", "buffer": COPY.encode()},
            {"name": "empty.txt", "mimeType": "text/plain", "buffer": b""},
        ]
    )
    desk.get_by_role("button", name="Read and review").click()
    desk.wait_for_url(re.compile(r"/admin/upload/\d+/$"))
    assert "The file is empty" in desk.content()
    assert "10 July 2019, 22:07 (Asia/Tehran, +04:30)" in desk.content()
    assert Article.objects.count() == 0
    assert_accessible(desk)
    desk.get_by_text("Mend the fields").click()
    desk.get_by_label("Headline:").fill("Ministers agree on water")
    assert_accessible(desk)
    desk.get_by_role("button", name="Accept and publish").click()
    desk.wait_for_url(re.compile(r"/report/$"))
    assert desk.get_by_text("2 read, 1 new, 1 refused.").is_visible()
    assert_accessible(desk)
    desk.get_by_role("link", name="published").click()
    assert desk.get_by_role("heading", level=1).inner_text() == "Ministers agree on water"


def test_files_are_dropped_and_going_back_is_safe(signed_in):
    desk = signed_in("upload")
    desk.evaluate(DROP, ["one.txt", COPY])
    desk.evaluate(DROP, ["two.txt", SECOND])
    assert desk.locator("drop-zone li").all_inner_texts()[1].startswith("two.txt, ")
    desk.get_by_role("button", name="Read and review").click()
    desk.wait_for_url(re.compile(r"/admin/upload/\d+/$"))
    desk.get_by_role("button", name="Accept as drafts").click()
    desk.wait_for_url(re.compile(r"/report/$"))
    assert Article.objects.count() == 2
    desk.go_back()
    desk.reload()
    assert desk.get_by_text("2 read, 2 new.").is_visible()


def test_script_shows_what_is_missing(signed_in):
    desk = signed_in("upload")
    desk.get_by_role("button", name="Read and review").click()
    desk.get_by_text("Choose at least one file, or paste an article.").wait_for()


def test_upload_works_without_scripts(signed_in):
    page = signed_in("upload", scripts=False)
    page.get_by_label("Or paste one article").fill(COPY)
    page.get_by_role("button", name="Read and review").click()
    page.get_by_role("button", name="Accept as drafts").click()
    assert "1 read, 1 new." in page.content()


@pytest.mark.parametrize(
    "name",
    [
        "unknown_codes",
        "health",
        "archive_article_changelist",
        "archive_entity_add",
        "archive_contributor_add",
    ],
)
def test_desk_pages_load_under_the_content_policy(signed_in, name):
    page = signed_in(name)
    response = page.goto(page.url)
    assert response.status == 200
    assert "default-src 'self'" in response.headers["content-security-policy"]
    assert_accessible(page)
