"""Every page of the desk, in both themes and on both widths: nothing is in the way of anybody, nothing spills."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import reverse

from archive import wire
from archive.desk import batches, closings, correct, corrections, families, imports
from archive.desk.accept import accept
from archive.desk.authority import register_name
from archive.models import Batch, Correction, SearchLogEntry
from tests.desk.copy_samples import STORY, make_source, read
from tests.desk.stories import take_in
from tests.desk.test_dates import take_in as take_in_with_days

pytestmark = pytest.mark.django_db(transaction=True)

LONG = "Taumatawhakatangihangakoauauotamateaturipukakapikimaungahoronukupokaiwhenuakitanatahu"
VIEWS = [("light", 1280), ("dark", 390)]
MORE_VIEWS = [
    pytest.param(scheme, width, marks=pytest.mark.slow) for scheme, width in (("light", 390), ("dark", 1280))
]
SPILL = "document.documentElement.scrollWidth - document.documentElement.clientWidth"

# What stands out furthest, so that a failure says where to look.
WIDEST = """() => {
    const right = element => element.getBoundingClientRect().right;
    const all = [...document.querySelectorAll("body *")].sort((one, other) => right(other) - right(one));
    return all.slice(0, 3).map(element => element.outerHTML.slice(0, 120));
}"""


@pytest.fixture
def desk(empty_index, archivist):
    """Something to do at every page, with words as long as words get; addresses by what is there."""
    source = make_source()
    name = register_name(kind="person", name="Mirvan Takhti Rahim", spellings=["Takhti-Rahim"], by=archivist)
    register_name(kind="person", name="Helena Rahim")
    record, received = read(STORY)
    story = accept(record, source=source, received=received, publish=True).article
    story = correct.edit(story, {"headline": f"Ministers {LONG}"}, by=archivist, why="Clearer.")
    closings.close(story, versions=[1], originals=[], reason="An order of a court.", by=archivist)
    record, received = read(STORY.replace("22:7", "23:15"))
    twin = accept(record, source=source, received=received, publish=True).article
    families.unite(story, twin)
    take_in("Talks with Jarrod Kessel began.", "Mr. Kessel left for the capital with M. Rahim.")
    take_in_with_days(dateline="VARRA, July 12", headline=f"Later {LONG}")
    take_in_with_days("Monday, July 10, 2004 - 22:07", headline="Other weekday")
    record, received = read("KILL: A story nobody has\n\nJuly 12, 2004 - 09:00\n\nVARRA - Do not use it.\n")
    kill = accept(record, source=source, received=received, publish=True).article
    corrections.link([kill])
    assert Correction.objects.get().state == Correction.State.OPEN
    batch = imports.open_batch(source, kind=Batch.Kind.INGEST, origin=f"/inbox/{LONG}")
    imports.write(batch, [], [wire.Reject(f"{LONG}.txt", "The file is empty.", b"x")], source=source)
    imports.close_batch(batch)
    incoming = [batches.Incoming(f"{LONG}.txt", STORY.replace("Sable", "Amber").encode())]
    upload = batches.stage(incoming, source=source, by=archivist, origin="one file")
    SearchLogEntry.objects.create(day=story.created_at.date(), text=LONG, times=3, times_without_hits=3)
    article = {
        f"article {page}": reverse(f"admin:archive_article_{page}", args=[story.pk])
        for page in ("change", "history", "closings")
    }
    return {
        **{page: reverse(f"admin:{page}") for page in (
            *("index", "upload", "batches", "unknown_codes", "candidates", "corrections", "dates", "audit"),
            *("health", "searches", "archive_article_changelist", "archive_entity_changelist"),
        )},
        **article,
        "restore": reverse("admin:archive_article_restore", args=[story.pk, 1]),
        "family": reverse("admin:family", args=[story.pk]),
        "import": reverse("admin:batch", args=[batch.pk]),
        "review": upload.get_absolute_url(),
        "report": reverse("admin:upload_report", args=[upload.pk]),
        "name": reverse("admin:archive_entity_change", args=[name.pk]),
        "workbench": reverse("admin:workbench", args=[name.pk]),
    }  # fmt: skip


@pytest.mark.parametrize(("scheme", "width"), [*VIEWS, *MORE_VIEWS])
def test_no_page_of_the_desk_has_a_violation_or_spills(desk, open_page, sign_in, scheme, width):
    page = sign_in(open_page(address="", scheme=scheme, width=width), desk["index"])
    faults = {}
    for name, address in desk.items():
        response = page.goto(address)
        assert response.status == 200, address
        for details in page.locator("main details, #content details").all():
            details.evaluate("element => { element.open = true }")
        # Preloading would resolve @import in the admin's style sheets against the page's address.
        result = Axe().run(page, options={"preload": False})
        if result.violations_count:
            faults[name] = result.generate_report()
        if page.evaluate(SPILL) > 0:
            faults[f"{name} spills"] = page.evaluate(WIDEST)
    assert faults == {}
