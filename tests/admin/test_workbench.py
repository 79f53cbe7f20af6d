"""The workbench of a name, and the audit of tags."""

import pytest
from django.urls import reverse

from archive.desk import merging, retagging, verdicts
from archive.desk.authority import register_name
from archive.models import Mention, Merge, Verdict
from tests.desk.stories import named_in, take_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def moss():
    return register_name(kind="person", name="Lena Moss")


@pytest.fixture
def kadri():
    return register_name(kind="person", name="Helena Kadri")


def url(entity):
    return reverse("admin:workbench", args=[entity.pk])


def test_preview_says_what_moves_and_which_address_stays(client_of, moss, kadri):
    take_in("Lena Moss sang. Lena Moss danced.")
    page = client_of("archivist").get(url(kadri), {"other": "lena moss"})
    text = " ".join(page.content.decode().split())
    assert "moves 2 mentions in 1 article" in text
    assert "The address /names/helena-kadri/ stays; /names/lena-moss/ leads there." in text
    assert Mention.objects.filter(entity=moss).count() == 2


def test_merge_and_undo(client_of, moss, kadri):
    article = take_in("Lena Moss sang.")
    client = client_of("archivist")
    page = client.post(url(kadri), {"action": f"merge-in:{moss.pk}", "why": "Same singer."}, follow=True)
    assert "Lena Moss was merged into Helena Kadri: moved 1 mention in 1 article." in page.content.decode()
    assert named_in(article) == [("Lena Moss", "Helena Kadri")]
    made = Merge.objects.get()
    assert (made.why, made.by.username) == ("Same singer.", "archivist")
    assert "Undo the merge of Lena Moss" in client.get(url(kadri)).content.decode()
    client.post(url(kadri), {"action": f"undo:{made.pk}", "why": "Not the same."})
    assert named_in(article) == [("Lena Moss", "Lena Moss")]


def test_merged_name_still_has_a_workbench_that_undoes(client_of, moss, kadri):
    made = merging.merge(moss, kadri, by=None)
    client = client_of("archivist")
    assert "was merged into" in client.get(url(moss)).content.decode()
    client.post(url(moss), {"action": f"undo:{made.pk}"})
    moss.refresh_from_db()
    assert moss.merged_into is None


def test_different_names_cannot_be_merged_until_taken_back(client_of, moss, kadri):
    client = client_of("archivist")
    client.post(url(moss), {"action": f"different:{kadri.pk}", "why": "Sisters"})
    page = client.post(url(moss), {"action": f"merge-in:{kadri.pk}"}, follow=True)
    assert "marked as two different names by archivist" in page.content.decode()
    assert not Merge.objects.exists()
    client.post(url(moss), {"action": f"forget:{Verdict.objects.get().pk}"})
    client.post(url(moss), {"action": f"merge-in:{kadri.pk}"})
    assert Merge.objects.exists()


def test_split_by_article(client_of, moss, kadri):
    here, there = take_in("Lena Moss sang."), take_in("Lena Moss danced.")
    client = client_of("archivist")
    data = {"action": "split", "article": [here.pk], "text": "", "other": "Helena Kadri"}
    client.post(url(moss), data)
    assert named_in(here) == [("Lena Moss", "Helena Kadri")]
    assert named_in(there) == [("Lena Moss", "Lena Moss")]
    assert "means <bdi>Helena Kadri</bdi>" in client.get(url(moss)).content.decode()
    client.post(url(moss), {"action": f"forget:{Verdict.objects.get().pk}"})
    assert named_in(here) == [("Lena Moss", "Lena Moss")]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({"action": "split", "other": "Helena Kadri"}, "Tick the articles first."),
        ({"action": "merge-in:999"}, "Somebody else has changed this meanwhile"),
        ({"action": "undo:999"}, "Somebody else has changed this meanwhile"),
        ({"action": ""}, "Press one of the buttons"),
        ({"action": "x:1"}, "Press one of the buttons"),
    ],
)
def test_what_cannot_be_done_is_said(client_of, moss, kadri, data, said):
    assert said in client_of("archivist").post(url(moss), data, follow=True).content.decode()


def test_confirmed_mentions_are_marked(client_of, moss):
    article = take_in("Lena Moss sang.")
    client = client_of("archivist")
    client.post(url(moss), {"action": "confirm", "article": [article.pk]})
    assert "(confirmed)" in client.get(url(moss)).content.decode()


def test_spellings_of_merged_names_are_counted_with_their_owners(client_of, moss, kadri):
    take_in("Lena Moss sang. Helena Kadri danced.")
    merging.merge(moss, kadri, by=None)
    rows = client_of("archivist").get(url(kadri)).context["spellings"]
    assert [(row["text"], row["count"], str(row["of"])) for row in rows] == [
        ("Helena Kadri", 1, "Helena Kadri"),
        ("Lena Moss", 1, "Lena Moss"),
    ]


@pytest.mark.parametrize(("role", "view", "change"), [("contributor", 200, 403), ("staff", 403, 403)])
def test_only_archivists_merge(client_of, moss, kadri, role, view, change):
    client = client_of(role)
    assert client.get(url(moss)).status_code == view
    assert client.post(url(moss), {"action": f"merge-in:{kadri.pk}"}).status_code == change
    assert not Merge.objects.exists()


AUDIT = "/admin/audit/"


def doubts(client, **question):
    return [
        (finding.doubt.value, finding.text, sorted(name.name for name in finding.names))
        for finding, _ in client.get(AUDIT, question).context["findings"]
    ]


def test_audit_finds_nothing_in_well_tagged_articles(client_of, moss):
    take_in("Lena Moss sang.", "Moss left.")
    assert doubts(client_of("archivist")) == []


def test_audit_finds_gone_missing_undecided_and_odd_tags(client_of, moss, kadri):
    register_name(kind="person", name="Orla Finn")
    register_name(kind="person", name="Orla Finn")
    gone = take_in("Lena Moss sang.")
    gone.mentions.update(start=3, end=12)
    missing = take_in("Helena Kadri sang.")
    missing.mentions.all().delete()
    odd = take_in("The soprano sang. Helena Kadri danced.")
    odd.mentions.create(entity=kadri, part="body", start=0, end=11, text="The soprano", how="by hand")
    take_in("Orla Finn danced.")
    client = client_of("archivist")
    found = doubts(client)
    assert ("gone", "Lena Moss", ["Lena Moss"]) in found
    assert ("missing", "Helena Kadri", ["Helena Kadri"]) in found
    assert ("odd", "The soprano", ["Helena Kadri"]) in found
    assert ("undecided", "Orla Finn", ["Orla Finn", "Orla Finn"]) in found
    assert doubts(client, doubt="odd") == [("odd", "The soprano", ["Helena Kadri"])]


def test_audit_settles_what_it_finds(client_of, kadri):
    client = client_of("archivist")
    first = register_name(kind="person", name="Orla Finn")
    second = register_name(kind="person", name="Orla Finn")
    missing = take_in("Helena Kadri sang.")
    missing.mentions.all().delete()
    client.post(AUDIT, {"action": f"read:{missing.pk}"})
    assert named_in(missing) == [("Helena Kadri", "Helena Kadri")]
    article = take_in("Orla Finn danced.")
    client.post(AUDIT, {"action": f"means:{article.pk}:{first.pk}:{second.pk}:Orla Finn"})
    assert article.mentions.get().entity == second
    odd = take_in("The soprano sang.")
    mention = odd.mentions.create(
        entity=kadri, part="body", start=0, end=11, text="The soprano", how="by hand"
    )
    client.post(AUDIT, {"action": f"confirm:{mention.pk}"})
    assert doubts(client) == []


@pytest.mark.parametrize(
    "action", ["", "means:1", "means:a:b:c:d", "read:999", "confirm:999", "means:1:2:3:x"]
)
def test_audit_survives_nonsense(client_of, moss, action):
    assert client_of("archivist").post(AUDIT, {"action": action}).status_code == 302


def test_all_articles_can_be_left_to_be_read_again(client_of, moss):
    article = take_in("Lena Moss sang.")
    article.mentions.all().delete()
    client_of("archivist").post(AUDIT, {"action": "read-all"})
    assert retagging.work_off() == 1
    assert named_in(article) == [("Lena Moss", "Lena Moss")]


@pytest.mark.parametrize("before", ["0", "x", "99999999999999999999999", "1"])
def test_audit_from_any_article_on(client_of, moss, before):
    take_in("Lena Moss sang.")
    assert client_of("archivist").get(AUDIT, {"before": before}).status_code == 200


def test_verdict_of_the_audit_is_remembered(client_of, moss):
    article = take_in("Lena Moss sang.")
    client_of("archivist").post(AUDIT, {"action": f"means:{article.pk}:{moss.pk}::Lena Moss"})
    assert named_in(article) == []
    assert doubts(client_of("archivist", "second")) == []
    verdicts.forget(Verdict.objects.get(), by=None)
    assert named_in(article) == [("Lena Moss", "Lena Moss")]
