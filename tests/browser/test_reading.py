import pytest
from axe_playwright_python.sync_playwright import Axe

from archive.search import indexer
from tests.pages.conftest import wire  # noqa: F401 - the same small archive

pytestmark = pytest.mark.django_db(transaction=True)
PAGES = {
    "home": "/",
    "article": "/1999/07/10/talks-pause/",
    "name": "/names/mirvan-takhti-rahim/",
    "name in a month": "/names/mirvan-takhti-rahim/?in=1999-07",
    "names": "/names/",
    "no such name": "/names/?q=zzz",
    "byline": "/bylines/SM/",
    "bylines": "/bylines/",
    "calendar": "/calendar/",
    "year": "/1999/",
    "month": "/1999/07/",
    "day": "/1999/07/10/",
    "empty day": "/2000/05/05/",
    "not found": "/no/such/page/",
    "search": "/search/?q=talks",
    "search without hits": "/search/?q=zzzz+by:QQ",
    "search help": "/search/help/",
    "withdrawn": "/1999/07/11/withdrawn-claim/",
    "versions": "/1999/07/10/talks-open/versions/",
    "version": "/1999/07/10/talks-open/versions/1/",
    "received": "/1999/07/10/talks-open/received/",
    "compared": "/1999/07/10/talks-pause/compare/1999/07/10/talks-open/",
}
# Both themes and both widths in two; the other two pairs only where everything runs.
VIEWS = [("light", 1280), ("dark", 390)]
MORE_VIEWS = [
    pytest.param(scheme, width, marks=pytest.mark.slow) for scheme, width in (("light", 390), ("dark", 1280))
]
SPILL = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.fixture
def archive(wire, settings):  # noqa: F811
    """The small archive, with one story whose words are as long as words get."""
    from tests.factories import make_entity, make_mention, make_story_about

    long_name = make_entity(
        "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft",
        kind="organisation",
    )
    story = make_story_about(
        wire.rahim,
        long_name,
        headline="Taumatawhakatangihangakoauauotamateaturipukakapikimaungahoronukupokai",
        on="1999-07-10",
    )
    make_mention(wire.pause, long_name)
    wire.long_story = story
    indexer.rebuild()
    return wire


@pytest.mark.parametrize(("scheme", "width"), [*VIEWS, *MORE_VIEWS])
def test_no_page_has_an_accessibility_violation(archive, open_page, scheme, width):
    page = open_page("/", scheme=scheme, width=width)
    reports = {}
    for name, address in {**PAGES, "long": archive.long_story.get_absolute_url()}.items():
        page.goto(address)
        for details in page.locator("details").all():
            details.evaluate("element => { element.open = true }")
        result = Axe().run(page)
        if result.violations_count:
            reports[name] = result.generate_report()
    assert reports == {}


def test_no_page_scrolls_sideways_on_a_telephone(archive, open_page):
    page = open_page("/", width=390)
    spills = {}
    for name, address in {**PAGES, "long": archive.long_story.get_absolute_url()}.items():
        page.goto(address)
        spills[name] = page.evaluate(SPILL)
    assert spills == dict.fromkeys(spills, 0)


def test_first_tab_skips_to_the_text(archive, open_page):
    page = open_page(PAGES["article"])
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the text"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    page.keyboard.press("Tab")
    assert page.evaluate("document.querySelector('main').contains(document.activeElement)")


def test_focus_can_be_seen(archive, open_page):
    page = open_page(PAGES["article"])
    for _ in range(12):
        page.keyboard.press("Tab")
        style = page.evaluate(
            "(({outlineStyle, outlineWidth}) => [outlineStyle, outlineWidth])(getComputedStyle(document.activeElement))"
        )
        assert style == ["solid", "3px"]


def test_search_is_reached_asked_and_followed_by_keyboard(archive, open_page):
    page = open_page(PAGES["article"])
    for _ in range(20):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.name") == "q":
            break
    page.keyboard.type("treaty force")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search/?q=*")
    hit = page.get_by_role("link", name="Treaty in force")
    hit.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/2001/03/01/treaty-in-force/?from-search=*")
    assert page.get_by_role("heading", level=1).text_content() == "Treaty in force"


def test_facets_are_open_beside_the_results_and_folded_on_a_telephone(archive, open_page):
    facet = ".facet-value"
    assert open_page("/search/?q=talks").locator(facet).first.is_visible()
    narrow = open_page("/search/?q=talks", width=390)
    assert not narrow.locator(facet).first.is_visible()
    narrow.locator(".facets > summary").click()
    narrow.locator(facet, has_text="Mirvan Takhti Rahim").click()
    assert "person=mirvan-takhti-rahim" in narrow.url


def test_chart_does_not_stand_in_the_way_of_the_keyboard(archive, open_page):
    page = open_page("/")
    assert page.locator("svg a").count() == 2
    assert page.locator("svg a:not([tabindex='-1'])").count() == 0
    page.locator(".chart-table summary").click()
    assert page.locator(".chart-rows a").count() == 2


def test_reader_follows_a_name_and_comes_to_another_story_without_scripts(archive, open_page):
    page = open_page("/", scripts=False)
    page.get_by_role("link", name="Treaty in force").click()
    page.locator(".prose a.name", has_text="Mirvan Takhti Rahim").click()
    assert page.get_by_role("heading", level=1).text_content() == "Mirvan Takhti Rahim"
    page.get_by_role("link", name="Talks open").click()
    page.get_by_role("link", name="Talks pause").first.click()
    assert page.url.endswith("/1999/07/10/talks-pause/")


def test_bar_of_a_chart_leads_to_its_month(archive, open_page):
    page = open_page("/")
    page.locator("svg a").first.click()
    assert page.url.endswith("/1999/07/")


def test_persian_name_reads_from_the_right(archive, open_page):
    from archive.models import Entity

    Entity.objects.filter(pk=archive.corbaz.pk).update(name="میروان تختی‌رحیم")
    page = open_page("/names/anne-lise-corbaz/")
    assert page.evaluate("getComputedStyle(document.querySelector('h1')).direction") == "rtl"


def test_print_shows_the_story_its_source_and_its_address_alone(archive, open_page):
    page = open_page(PAGES["article"])
    page.emulate_media(media="print")
    for shown in (".headline", ".prose", ".record .address"):
        assert page.locator(shown).first.is_visible()
    for hidden in (".masthead-nav", ".masthead-search", ".margin", ".neighbours", ".footer", ".skip"):
        assert not page.locator(hidden).first.is_visible()
