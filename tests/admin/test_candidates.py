"""The queue of proposed names."""

import pytest
from django.urls import reverse

from archive.desk.authority import register_name
from archive.models import Candidate, Entity, ReadingTask, Verdict
from tests.desk.stories import named_in, take_in

pytestmark = pytest.mark.django_db
URL = "/admin/candidates/"


@pytest.fixture
def articles():
    return [
        take_in("Talks with Jarrod Kessel began.", "Mr. Kessel left."),
        take_in("Talks with Jarrod Kessel ended.", day="July 12, 2004"),
        take_in("Talks with Orvan Tallis ended."),
    ]


def candidate(text) -> Candidate:
    return Candidate.objects.get(text=text)


def test_queue_shows_counts_days_contexts_and_evidence(client_of, articles):
    page = client_of("archivist").get(URL)
    rows = {row.candidate.text: row for row in page.context["rows"]}
    row = rows["Jarrod Kessel"]
    assert row.candidate.stories == 2
    assert (row.first_on.day, row.last_on.day) == (10, 12)
    assert [(c.before, c.hit, c.after[:6]) for c in row.contexts] == [
        ("Talks with ", "Jarrod Kessel", " ended"),
        ("Talks with ", "Jarrod Kessel", " began"),
    ]
    assert row.candidate.kind == "person"
    assert row.candidate.evidence
    assert [r.candidate.stories for r in page.context["rows"]] == sorted(
        (r.candidate.stories for r in page.context["rows"]), reverse=True
    )


@pytest.mark.parametrize(
    ("question", "shown"),
    [({"q": "kess"}, True), ({"q": "KÉSSEL"}, True), ({"q": "tallis"}, False), ({"kind": "place"}, False)],
)
def test_queue_is_narrowed(client_of, articles, question, shown):
    page = client_of("archivist").get(URL, question)
    assert ("Jarrod Kessel" in {row.candidate.text for row in page.context["rows"]}) == shown


def test_suggestions_come_with_reasons(client_of, articles):
    name = register_name(kind="person", name="Jarrod Kesssel")
    page = client_of("archivist").get(URL)
    row = next(row for row in page.context["rows"] if row.candidate.text == "Orvan Tallis")
    assert row.suggestions == []
    other = take_in("Talks with Jarod Kessell ended.")
    rows = client_of("archivist", "second").get(URL).context["rows"]
    near = [row for row in rows if row.candidate.sightings.filter(article=other).exists()]
    assert all(
        suggestion.entity == name and suggestion.reason for row in near for suggestion in row.suggestions
    )


def test_registering_from_the_queue_tags_the_articles(client_of, articles):
    row = candidate("Jarrod Kessel")
    data = {"action": f"register:{row.pk}", f"name-{row.pk}": "Jarrod Kessel", f"kind-{row.pk}": "person"}
    assert client_of("archivist").post(URL, data).status_code == 302
    assert Entity.objects.get().kind == "person"
    assert named_in(articles[0]) == [("Jarrod Kessel", "Jarrod Kessel"), ("Kessel", "Jarrod Kessel")]
    assert not Candidate.objects.filter(text="Jarrod Kessel").exists()


def test_candidate_becomes_a_spelling_by_button_or_by_typing(client_of, articles):
    name = register_name(kind="person", name="Colonel Redcoat")
    client = client_of("archivist")
    client.post(URL, {"action": f"add:{candidate('Jarrod Kessel').pk}:{name.pk}"})
    row = candidate("Orvan Tallis")
    client.post(URL, {"action": f"add:{row.pk}", f"target-{row.pk}": "colonel redcoat"})
    assert {name for article in articles for _, name in named_in(article)} == {"Colonel Redcoat"}


def test_unknown_name_typed_is_said(client_of, articles):
    row = candidate("Orvan Tallis")
    page = client_of("archivist").post(URL, {"action": f"add:{row.pk}", f"target-{row.pk}": "Nobody"})
    assert page.status_code == 400
    assert "No name is registered as “Nobody”." in page.content.decode()


def test_ignored_candidates_are_gone_and_can_be_brought_back(client_of, articles):
    client = client_of("archivist")
    rows = [candidate("Jarrod Kessel").pk, candidate("Orvan Tallis").pk]
    client.post(URL, {"action": "ignore", "candidate": rows})
    page = client.get(URL)
    assert "Jarrod Kessel" not in {row.candidate.text for row in page.context["rows"]}
    assert Verdict.objects.filter(by__username="archivist").count() == 2
    client.post(URL, {"action": f"restore:{Verdict.objects.first().pk}"})
    assert Verdict.objects.count() == 1


def test_ticked_candidates_are_registered_together(client_of, articles):
    rows = [candidate("Jarrod Kessel").pk, candidate("Orvan Tallis").pk]
    client_of("archivist").post(URL, {"action": "register", "candidate": rows})
    assert sorted(entity.name for entity in Entity.objects.all()) == ["Jarrod Kessel", "Orvan Tallis"]


def test_common_word_is_refused_until_insisted(client_of, articles):
    client, row = client_of("archivist"), candidate("Jarrod Kessel")
    data = {f"name-{row.pk}": "Bank", f"kind-{row.pk}": "person"}
    page = client.post(URL, data | {"action": f"register:{row.pk}"})
    assert page.status_code == 400
    assert "is a common word" in page.content.decode()
    assert not Entity.objects.exists()
    assert client.post(URL, data | {"action": f"register!:{row.pk}"}).status_code == 302
    assert Entity.objects.get().name == "Bank"


@pytest.mark.parametrize("action", ["", "register:999", "drop table", "add:x:y", "ignore:", "restore:999"])
def test_nonsense_decides_nothing(client_of, articles, action):
    before = Candidate.objects.count()
    assert client_of("archivist").post(URL, {"action": action}).status_code in (302, 400)
    assert Candidate.objects.count() == before
    assert not Entity.objects.exists()


@pytest.mark.parametrize(("role", "view", "change"), [("contributor", 200, 403), ("staff", 403, 403)])
def test_only_archivists_decide(client_of, articles, role, view, change):
    client = client_of(role)
    assert client.get(URL).status_code == view
    assert client.post(URL, {"action": "ignore"}).status_code == change


def test_queue_takes_as_many_queries_for_many_candidates(client_of, articles, django_assert_max_num_queries):
    client = client_of("archivist")
    client.get(URL)
    take_in(*(f"Talks with Person{chr(97 + n)} Kess{chr(97 + n)} ended." for n in range(20)))
    with django_assert_max_num_queries(20):
        client.get(URL)


def test_progress_of_reading_is_shown(client_of):
    ReadingTask.objects.create(
        why="Varra was registered", article_ids=[], total=400, done=200, error="Disk <full>."
    )
    text = client_of("archivist").get(URL).content.decode()
    assert "stopped after 200 of 400. Disk &lt;full&gt;." in text


def test_desk_counts_proposed_names(client_of, articles):
    queues = client_of("archivist").get(reverse("admin:index")).context["queues"]
    waiting = {queue.label: queue.count for queue in queues}["Proposed names"]
    assert waiting == Candidate.objects.count() > 0
