"""Names, sign-off codes, sources, the desk and the health page."""

import pytest
from django.urls import reverse

from archive.desk import authority
from archive.models import Alias, Article, BylineCode, Contributor, Entity, IndexTask, Source
from tests.admin.copies import COPY, SECOND

pytestmark = pytest.mark.django_db


@pytest.fixture
def article(client_of, upload, decide):
    client = client_of("archivist", "owner")
    decide(client, upload(client, [("a.txt", COPY.encode())]), "publish")
    return Article.objects.get()


def inline(prefix, rows, initial=0) -> dict:
    data = {f"{prefix}-TOTAL_FORMS": len(rows), f"{prefix}-INITIAL_FORMS": initial}
    for number, row in enumerate(rows):
        data |= {f"{prefix}-{number}-{name}": value for name, value in row.items()}
    return data


def test_registering_a_name_finds_it_in_the_articles(client_of, article):
    rows = [{"text": "  M.  T. Rahim "}, {"text": ""}]
    data = {"kind": "person", "name": "Mirvan Takhti Rahim", "description": "Envoy"} | inline("aliases", rows)
    response = client_of("archivist").post(reverse("admin:archive_entity_add"), data)
    assert response.status_code == 302
    name = Entity.objects.get()
    assert name.slug == "mirvan-takhti-rahim"
    assert sorted(alias.text for alias in name.aliases.all()) == ["M. T. Rahim", "Mirvan Takhti Rahim"]
    assert article.mentions.get().entity == name


def test_spellings_are_added_and_removed(client_of, article):
    name = authority.register_name(kind="person", name="M. Rahim", spellings=["Mirvan Takhti Rahim"])
    client = client_of("archivist")
    url = reverse("admin:archive_entity_change", args=[name.pk])
    page = client.get(url).content.decode()
    assert 'value="Mirvan Takhti Rahim"' not in page
    assert "Mirvan Takhti Rahim" in page
    old = name.aliases.get(text="Mirvan Takhti Rahim")
    rows = [{"id": old.pk, "entity": name.pk, "DELETE": "on"}, {"entity": name.pk, "text": "Rahim Mirvan"}]
    data = {"kind": "person", "name": "M. Rahim", "description": ""} | inline("aliases", rows, initial=1)
    assert client.post(url, data).status_code == 302
    assert sorted(alias.text for alias in name.aliases.all()) == ["M. Rahim", "Rahim Mirvan"]
    assert article.mentions.count() == 0


def test_renaming_keeps_address_and_old_spelling(client_of):
    name = authority.register_name(kind="person", name="Mirvan Takhti Rahim")
    data = {"kind": "organisation", "name": "M. T. Rahim", "description": "Band"} | inline("aliases", [])
    client_of("archivist").post(reverse("admin:archive_entity_change", args=[name.pk]), data)
    name.refresh_from_db()
    assert (name.name, name.slug, name.kind) == ("M. T. Rahim", "mirvan-takhti-rahim", "organisation")
    assert Alias.objects.filter(entity=name).count() == 2


def test_spelling_that_becomes_the_preferred_one_stays(client_of):
    name = authority.register_name(kind="person", name="M. Rahim", spellings=["Mirvan Rahim"])
    rows = [{"id": name.aliases.get(text="Mirvan Rahim").pk, "entity": name.pk, "DELETE": "on"}]
    data = {"kind": "person", "name": "Mirvan Rahim", "description": ""} | inline("aliases", rows, initial=1)
    url = reverse("admin:archive_entity_change", args=[name.pk])
    assert client_of("archivist").post(url, data).status_code == 302
    assert sorted(alias.text for alias in name.aliases.all()) == ["M. Rahim", "Mirvan Rahim"]


def test_empty_name_is_refused_in_words(client_of):
    data = {"kind": "person", "name": " ", "description": ""} | inline("aliases", [])
    response = client_of("archivist").post(reverse("admin:archive_entity_add"), data)
    assert response.status_code == 200
    assert Entity.objects.count() == 0


def test_code_is_registered_with_its_years(client_of, article):
    client = client_of("archivist")
    page = client.get(reverse("admin:unknown_codes")).content.decode()
    assert "1 article, 10 July 2019" in page
    data = {
        "code": "PA",
        "contributor_name": "Pari Amin",
        "valid_from": "2019-01-01",
        "valid_to": "2019-12-31",
    }
    assert client.post(reverse("admin:unknown_codes"), data).status_code == 302
    byline = BylineCode.objects.get()
    assert (byline.contributor.name, byline.valid_to.year, byline.source) == ("Pari Amin", 2019, None)
    assert b'value="PA"' not in client.get(reverse("admin:unknown_codes")).content


def test_code_with_days_in_the_wrong_order_is_refused(client_of, article):
    data = {
        "code": "PA",
        "contributor_name": "Pari Amin",
        "valid_from": "2019-02-01",
        "valid_to": "2019-01-01",
    }
    response = client_of("archivist").post(reverse("admin:unknown_codes"), data)
    assert "before the first one" in response.content.decode()
    assert BylineCode.objects.count() == Contributor.objects.count() == 0


def test_changed_code_reaches_the_index(client_of, article):
    authority.register_code("PA", "Pari Amin")
    person = Contributor.objects.get()
    IndexTask.objects.all().delete()
    rows = [{"id": BylineCode.objects.get().pk, "contributor": person.pk, "code": "na"}]
    data = {"name": "Pari Amin", "note": ""} | inline("codes", rows, initial=1)
    url = reverse("admin:archive_contributor_change", args=[person.pk])
    assert client_of("archivist").post(url, data).status_code == 302
    assert BylineCode.objects.get().code == "NA"
    article.refresh_from_db()
    assert article.index_version > 1


def test_source_in_use_keeps_its_zone(client_of, article):
    source = Source.objects.get()
    url = reverse("admin:archive_source_change", args=[source.pk])
    data = {"name": "Varra Wire Service", "zone": "UTC", "slug": "other", "language": "en"}
    assert client_of("archivist").post(url, data).status_code == 302
    source.refresh_from_db()
    assert (source.name, source.zone, source.slug) == ("Varra Wire Service", "Asia/Tehran", "varra-wire")


def test_unknown_zone_is_refused(client_of):
    data = {"name": "New", "slug": "new", "zone": "Mars/Olympus", "language": "en"}
    response = client_of("archivist").post(reverse("admin:archive_source_add"), data)
    assert "is not a time zone name" in response.content.decode()
    assert Source.objects.count() == 0


def test_desk_counts_what_waits(client_of, upload, decide, article):
    client = client_of("archivist")
    decide(client, upload(client, [("b.txt", SECOND.encode())]), "accept")
    upload(client, [("c.txt", SECOND.replace("Ferry", "Boat").encode())])
    queues = {queue.label: queue.count for queue in client.get(reverse("admin:index")).context["queues"]}
    assert queues.pop("Corrections to link") == 0
    for other in (
        "Waiting for the index",
        "Proposed names",
        "Audit of tags",
        "Searches",
        "Days that disagree",
    ):
        queues.pop(other)
    assert queues == {
        "Upload copy": None,
        "Uploads under review": 1,
        "Imports": None,
        "Drafts": 1,
        "Articles with warnings": 1,
        "Unknown sign-off codes": 2,
    }


def test_desk_shows_contributors_their_own(client_of, upload):
    upload(client_of("archivist"), [("c.txt", SECOND.encode())])
    page = client_of("contributor").get(reverse("admin:index"))
    queues = {queue.label: queue.count for queue in page.context["queues"]}
    assert queues["Uploads under review"] == 0
    assert "Waiting for the index" not in queues


def test_health_names_what_failed(client_of, article):
    IndexTask.objects.create(article_id=article.pk, attempts=3, error="The writer stumbled <here>.")
    page = client_of("archivist").get(reverse("admin:health")).content.decode()
    assert "The writer stumbled &lt;here&gt;." in page
    assert article.headline in page
    assert "1 read, 1 new" in page
