"""Names at the desk, in a browser: proposed, registered, merged, and merged no more."""

import pytest

from archive.desk.authority import register_name
from archive.models import Entity, Mention
from tests.desk.stories import take_in

pytestmark = pytest.mark.django_db(transaction=True)


def addresses_and_mentions():
    mentions = Mention.objects.order_by("pk").values_list(
        "pk", "article", "start", "text", "entity", "registered"
    )
    return list(mentions), list(Entity.objects.order_by("pk").values_list("pk", "slug", "merged_into"))


def test_proposed_name_is_registered_and_the_pages_change(open_page, sign_in, empty_index):
    article = take_in("Talks with Jarrod Kessel began.", "Mr. Kessel left.")
    page = open_page("/names/")
    assert "Jarrod Kessel" not in page.get_by_role("main").inner_text()

    sign_in(page, "/admin/candidates/")
    row = page.get_by_role("region", name="Jarrod Kessel")
    assert "1 article" in row.inner_text()
    row.get_by_label("Kind").select_option("person")
    row.get_by_role("button", name="Register", exact=True).click()
    assert page.get_by_text("Jarrod Kessel is registered as a person.").is_visible()

    page.goto(article.get_absolute_url())
    page.get_by_role("article").get_by_role("link", name="Jarrod Kessel").click()
    assert page.url.endswith("/names/jarrod-kessel/")
    assert "1 article" in page.get_by_role("main").inner_text()
    page.goto("/search/?q=name:%22Jarrod+Kessel%22")
    assert article.headline in page.get_by_role("main").inner_text()


def test_queue_is_worked_through_with_the_keyboard(open_page, sign_in, empty_index):
    take_in("Talks with Jarrod Kessel began.", "Talks with Orvan Tallis ended.")
    page = open_page("")
    sign_in(page, "/admin/candidates/")
    rows = page.locator("[data-key-item]")
    before = rows.count()
    page.locator("[data-key-item]").first.focus()
    page.keyboard.press("j")
    name = page.evaluate("document.activeElement.querySelector('h2 bdi').textContent")
    assert name == rows.nth(1).locator("h2 bdi").inner_text()
    with page.expect_navigation():
        page.keyboard.press("n")
    assert rows.count() == before - 1
    assert name not in rows.locator("h2 bdi").all_inner_texts()


def test_enter_in_a_field_of_the_queue_decides_nothing(open_page, sign_in, empty_index):
    take_in("Talks with Jarrod Kessel began.", "Talks with Orvan Tallis ended.")
    page = open_page("")
    sign_in(page, "/admin/candidates/")
    page.get_by_role("textbox", name="Name", exact=True).last.focus()
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert page.get_by_text("Press one of the buttons to decide.").is_visible()
    assert not Entity.objects.exists()


def test_merge_is_undone_and_every_address_and_mention_is_back(open_page, sign_in, empty_index):
    moss = register_name(kind="person", name="Lena Moss")
    register_name(kind="person", name="Helena Moss")
    article = take_in("Lena Moss met Helena Moss.", "Later Moss sang.")
    before = addresses_and_mentions()

    page = open_page("")
    sign_in(page, f"/admin/names/{moss.pk}/")
    page.get_by_label("Another name").fill("Helena Moss")
    page.get_by_role("button", name="Preview the merge").click()
    assert page.get_by_text("moves 1 mention in 1 article").first.is_visible()
    page.get_by_label("Why").first.fill("One singer.")
    page.get_by_role("button", name="Merge, keep Lena Moss").click()
    assert page.get_by_text("Helena Moss was merged into Lena Moss").first.is_visible()

    page.goto("/names/helena-moss/")
    assert page.url.endswith("/names/lena-moss/")
    page.goto(article.get_absolute_url())
    links = page.get_by_role("article").locator("a.name")
    assert {link.get_attribute("href") for link in links.all()} == {"/names/lena-moss/"}
    assert links.count() == 3

    page.goto(f"/admin/names/{moss.pk}/")
    page.get_by_role("button", name="Undo the merge of Helena Moss").click()
    assert page.get_by_text("Helena Moss is a name of its own again.").is_visible()
    page.goto("/names/helena-moss/")
    assert page.url.endswith("/names/helena-moss/")
    assert article.headline in page.get_by_role("main").inner_text()
    assert addresses_and_mentions() == before


@pytest.mark.parametrize("width", [390, 1280])
def test_page_of_a_name_fits_every_screen(open_page, empty_index, width):
    names = [
        register_name(kind="person", name=f"{name} Long-Hyphenated")
        for name in ("Ana", "Bela", "Cora", "Dora")
    ]
    for year in (1999, 2001, 2004):
        take_in(*(f'"We will count the fish again," {name} said.' for name in names), day=f"July 10, {year}")
    page = open_page("/names/ana-long-hyphenated/", width=width)
    assert page.locator("svg.network").is_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
