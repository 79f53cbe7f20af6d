"""The search page in a real browser: suggestions, chips, drill-down, carried hits, saved searches."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.contrib.auth import get_user_model

from archive.models import Family, FamilyMember
from archive.search import indexer, known_names
from tests.pages.conftest import wire  # noqa: F401 - the same small archive

pytestmark = pytest.mark.django_db(transaction=True)
PAGES = {
    "results": "/search/?q=talks+rahim&sort=oldest",
    "name": "/search/?q=takhti-rahim",
    "folded": "/search/?q=treaty",
    "narrowed": "/search/?q=talks&not-person=anne-lise-corbaz&since=1999-07&until=1999-07",
    "advanced": "/search/advanced/?q=headline:talks+by:NA",
    "facet": "/search/facet/?facet=person&find=ta",
    "suggestions": "/search/suggest/?q=ta",
    "carried": "/1999/07/10/talks-pause/?from-search=q%3Dtalks+rahim%26sort%3Doldest&hit=2",
    "sign in": "/sign-in/",
}
VIEWS = [("light", 1280), ("dark", 390)]
SPILL = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.fixture
def archive(wire):  # noqa: F811
    family = Family.objects.create(lead=wire.later)
    for article in (wire.treaty, wire.later):
        FamilyMember.objects.create(article=article, family=family, how=FamilyMember.How.NEAR)
    indexer.rebuild()
    known_names.forget()
    yield wire
    known_names.forget()


@pytest.mark.parametrize(("scheme", "width"), VIEWS)
def test_no_page_has_an_accessibility_violation_or_spills(archive, open_page, scheme, width):
    page = open_page("/", scheme=scheme, width=width)
    reports = {}
    for name, address in PAGES.items():
        page.goto(address)
        for details in page.locator("details").all():
            details.evaluate("element => { element.open = true }")
        result = Axe().run(page)
        if result.violations_count:
            reports[name] = result.generate_report()
        assert page.evaluate(SPILL) == 0, name
    page.goto("/search/")
    page.get_by_role("combobox").fill("ta")
    page.get_by_role("option").first.wait_for()
    result = Axe().run(page)
    if result.violations_count:
        reports["open list"] = result.generate_report()
    assert reports == {}


def test_name_is_suggested_and_chosen_by_keyboard(archive, open_page):
    page = open_page("/search/")
    box = page.get_by_role("combobox")
    box.press_sequentially("corba")
    option = page.get_by_role("option", name="Anne-Lise Corbaz")
    option.wait_for()
    assert box.get_attribute("aria-expanded") == "true"
    box.press("ArrowDown")
    assert box.get_attribute("aria-activedescendant") == option.get_attribute("id")
    assert option.get_attribute("aria-selected") == "true"
    box.press("Enter")
    page.wait_for_url("**/search/?q=%22Anne-Lise+Corbaz%22")
    assert page.get_by_text("Two articles").is_visible()


# Answers to the box wait until a test lets them through.
HOLD_ANSWERS = """
  const ask = window.fetch;
  window.held = [];
  window.until = async (count) => {
    while (held.length < count) await new Promise((go) => setTimeout(go, 20));
  };
  window.fetch = (address, options) => new Promise((answer, refuse) => {
    options.signal.addEventListener("abort", () => refuse(options.signal.reason));
    window.held.push(async () => answer(await ask(address, { headers: options.headers })));
  });
"""


def test_question_typed_while_an_answer_is_awaited_is_answered(archive, open_page):
    page = open_page("")
    page.add_init_script(HOLD_ANSWERS)
    page.goto("/search/")
    box = page.get_by_role("combobox")
    box.press_sequentially("cor")
    page.evaluate("until(1)")
    box.press_sequentially("ba")
    page.evaluate("until(2)")
    page.evaluate("held[1]()")
    page.get_by_role("option", name="Anne-Lise Corbaz").wait_for()


def test_late_answer_does_not_change_the_list_under_a_choice(archive, open_page):
    page = open_page("")
    page.add_init_script(HOLD_ANSWERS)
    page.goto("/search/")
    box = page.get_by_role("combobox")
    box.press_sequentially("corb")
    page.evaluate("until(1)")
    page.evaluate("held[0]()")
    option = page.get_by_role("option", name="Anne-Lise Corbaz")
    option.wait_for()
    box.press("a")
    page.evaluate("until(2)")
    box.press("ArrowDown")
    page.evaluate("held[1]()")
    assert option.get_attribute("aria-selected") == "true"
    box.press("Enter")
    page.wait_for_url("**/search/?q=%22Anne-Lise+Corbaz%22")


def test_escape_closes_the_list_and_enter_asks_what_was_typed(archive, open_page):
    page = open_page("/search/")
    box = page.get_by_role("combobox")
    box.press_sequentially("trea")
    page.get_by_role("option").first.wait_for()
    box.press("Escape")
    assert page.get_by_role("option").count() == 0
    assert box.input_value() == "trea"
    box.press("Enter")
    page.wait_for_url("**/search/?q=trea")


def test_field_is_completed_in_place(archive, open_page):
    page = open_page("/search/")
    box = page.get_by_role("combobox")
    box.press_sequentially("headl")
    page.get_by_role("option", name="headline:").click()
    assert box.input_value() == "headline:"
    assert page.evaluate("document.activeElement.name") == "q"


def test_chart_is_drilled_by_arrow_keys_and_led_back(archive, open_page):
    page = open_page("/search/?q=talks")
    bars = page.locator("svg a")
    assert page.locator('svg a[tabindex="0"]').count() == 1
    bars.first.focus()
    page.keyboard.press("ArrowRight")
    assert page.evaluate("document.activeElement.getAttribute('aria-label')") == "2001: 2"
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Enter")
    page.wait_for_url("**since=1999-01-01**")
    page.locator("svg a").first.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**since=1999-07-01**")
    page.locator("svg a").first.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**since=1999-07-10**")
    page.get_by_role("link", name="All years").click()
    page.wait_for_url("**/search/?q=talks")


def test_value_is_left_out_and_its_chip_takes_it_back(archive, open_page):
    page = open_page("/search/?q=talks")
    page.get_by_role("link", name="Leave out Anne-Lise Corbaz").click()
    page.wait_for_url("**not-person=anne-lise-corbaz**")
    page.get_by_role("link", name="Remove not naming Anne-Lise Corbaz").click()
    page.wait_for_url("**/search/?q=talks")


def test_question_goes_through_the_advanced_form_and_back(archive, open_page):
    page = open_page("/search/?q=headline:talks+by:NA+rahim")
    page.get_by_role("link", name="Advanced form").click()
    assert page.get_by_label("In the headline").input_value() == "talks"
    assert page.get_by_label("Signed by").input_value() == "NA"
    assert page.get_by_label("All of these words").input_value() == "rahim"
    page.get_by_role("button", name="Search").click()
    page.wait_for_url("**/search/?q=*")
    assert sorted(page.get_by_role("combobox").input_value().split()) == ["by:NA", "headline:talks", "rahim"]


def test_hits_are_stepped_through_by_key_and_link(archive, open_page):
    page = open_page("/search/?q=talks+rahim&sort=oldest")
    page.locator(".hit-headline a").first.click()
    page.wait_for_url("**from-search=**")
    status = page.locator("hit-steps [role=status]")
    assert status.text_content() == "3 hits"
    page.get_by_role("link", name="Next hit").click()
    assert status.text_content() == "hit 1 of 3"
    page.keyboard.press("n")
    assert status.text_content() == "hit 2 of 3"
    page.keyboard.press("p")
    assert status.text_content() == "hit 1 of 3"
    assert page.url.endswith("#hit-1")
    page.get_by_role("link", name="Next result").click()
    assert page.get_by_role("heading", level=1).text_content() == "Talks pause"
    page.get_by_role("link", name="Back to the results").click()
    page.wait_for_url("**/search/?q=talks+rahim&sort=oldest")


def test_everything_works_without_scripts(archive, open_page):
    page = open_page("/search/?q=talks+rahim&sort=oldest", scripts=False)
    page.locator(".hit-headline a").first.click()
    page.get_by_role("link", name="Hit 2").click()
    assert page.url.endswith("#hit-2")
    page.goto("/search/?q=talks")
    page.get_by_role("link", name="Names and headlines like this").click()
    assert page.get_by_role("link", name="Talks open").is_visible()


def test_reader_signs_in_saves_a_search_and_sees_what_is_new(archive, open_page):
    from tests.factories import make_article

    get_user_model().objects.create_user("reader", password="a long password 123")
    page = open_page("/saved/")
    page.get_by_label("Name").fill("reader")
    page.get_by_label("Password").fill("a long password 123")
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/saved/")
    page.goto("/search/?q=treaty")
    page.get_by_role("button", name="Save this search").click()
    page.wait_for_url("**/saved/")
    assert page.get_by_text("Nothing new").is_visible()
    assert Axe().run(page).violations_count == 0
    make_article("Treaty of the reefs")
    indexer.rebuild()
    page.reload()
    page.get_by_role("button", name="Show 1 new").click()
    page.wait_for_url("**/search/?q=treaty&sort=newest")
    assert page.get_by_role("link", name="Treaty of the reefs").is_visible()


def test_name_is_introduced_and_led_to(archive, open_page):
    page = open_page("/search/?q=takhti-rahim")
    card = page.get_by_role("region", name="Who is meant")
    assert "person" in card.inner_text()
    card.get_by_role("link", name="Mirvan Takhti Rahim").click()
    page.wait_for_url("**/names/mirvan-takhti-rahim/")


def test_earlier_versions_open_by_keyboard_and_all_with_one_click(archive, open_page):
    page = open_page("/search/?q=treaty")
    assert page.get_by_text("Two articles in one story").is_visible()
    earlier = page.get_by_role("link", name="Treaty signed")
    assert not earlier.is_visible()
    page.locator(".hit-versions summary").focus()
    page.keyboard.press("Enter")
    earlier.wait_for()
    page.get_by_role("link", name="Show every version").click()
    page.wait_for_url("**/search/?q=treaty&versions=all")
    assert page.locator(".hit").count() == 2
    page.get_by_role("link", name="One row for each story").click()
    page.wait_for_url("**/search/?q=treaty")


def test_switch_of_the_form_comes_back_as_a_chip_and_is_kept(archive, open_page):
    page = open_page("/search/advanced/?q=treaty")
    page.get_by_role("checkbox", name="Leave out recycled paragraphs").check()
    page.get_by_role("button", name="Search").click()
    page.wait_for_url("**/search/?q=treaty+-is%3Aboilerplate")
    page.get_by_role("link", name="Advanced form").click()
    assert page.get_by_role("checkbox", name="Leave out recycled paragraphs").is_checked()
    page.go_back()
    page.get_by_role("link", name="Remove not counting recycled paragraphs").click()
    page.wait_for_url("**/search/?q=treaty")
