"""The whole main job: a file of wire copy becomes a page that readers find."""

import re

import pytest

from archive.desk.authority import register_code, register_name
from tests.browser.conftest import PASSWORD, USERNAME
from tests.desk.copy_samples import STORY, make_source

pytestmark = pytest.mark.django_db(transaction=True)


def search(page, text):
    page.goto("/search/")
    page.get_by_role("main").get_by_role("combobox").fill(text)
    with page.expect_navigation():
        page.keyboard.press("Enter")


def test_file_is_uploaded_previewed_accepted_found_and_read(open_page, archivist, empty_index):
    make_source()
    register_name(kind="person", name="Mirvan Takhti Rahim", spellings=["Takhti Rahim"])
    register_code("NA", "Noor Adel")

    page = open_page("/admin/upload/")
    page.get_by_label("Username").fill(USERNAME)
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.locator("input[type=file]").set_input_files(
        {"name": "0710-sable.txt", "mimeType": "text/plain", "buffer": STORY.encode()}
    )
    page.get_by_role("button", name="Read and review").click()
    page.wait_for_url(re.compile(r"/admin/upload/\d+/$"))
    for shown in ("The minute has one digit", "Mirvan Takhti Rahim", "Noor Adel"):
        assert shown in page.content()
    page.get_by_role("button", name="Accept and publish").click()
    page.wait_for_url(re.compile(r"/report/$"))
    assert page.get_by_text("1 read, 1 new.").is_visible()

    for text in ("sharing", "Takhtirahim", "by:NA", '"Sable Bank"', "from:varra", "date:2004-07-10"):
        search(page, text)
        assert "One article" in page.get_by_role("main").inner_text(), text
    page.get_by_role("main").get_by_role("link", name="Ministers agree to share the Sable Bank").click()
    assert "/2004/07/10/ministers-agree-to-share-the-sable-bank/" in page.url
    assert "Noor Adel" in page.get_by_role("main").inner_text()
    page.get_by_role("article").get_by_role("link", name="Takhti-Rahim").first.click()
    assert page.url.endswith("/names/mirvan-takhti-rahim/")
    assert "Ministers agree to share the Sable Bank" in page.get_by_role("main").inner_text()
