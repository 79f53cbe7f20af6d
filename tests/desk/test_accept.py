import datetime
import json

import pytest

from archive.desk import reparse
from archive.desk.accept import Arrival, Outcome, Received, accept, accept_all
from archive.desk.authority import register_code, register_name
from archive.desk.correct import CannotPublish, edit, publish, withdraw
from archive.desk.originals import in_order_received
from archive.desk.preview import preview
from archive.models import Article, Credit, FormerAddress, IndexTask, Mention, Original
from tests.desk.copy_samples import STORY, make_source, read

pytestmark = pytest.mark.django_db


def take_in(text=STORY, source=None, **options):
    record, received = read(text)
    return accept(record, source=source or make_source(), received=received, **options)


def test_new_story_becomes_a_draft_with_everything_it_says():
    accepted = take_in()
    article = accepted.article
    assert accepted.outcome == Outcome.NEW
    assert article.status == Article.Status.DRAFT
    assert article.headline == "Ministers agree to share the Sable Bank"
    assert article.published_on == datetime.date(2004, 7, 10)
    assert article.published_at == datetime.datetime(2004, 7, 10, 18, 7, tzinfo=datetime.UTC)
    assert article.place == "Varra"
    assert article.body_text.startswith("Fisheries Minister")
    assert article.slug == "ministers-agree-to-share-the-sable-bank"
    assert list(article.credits.values_list("code", "role")) == [("NA", "reported"), ("PA", "edited")]
    assert [warning["code"] for warning in article.warnings] == ["minute_one_digit"]


def test_original_bytes_are_kept_with_their_hash():
    article = take_in().article
    original = Original.objects.get(articles=article)
    assert bytes(original.content) == STORY.encode()
    assert original.sha256 == Received("x", STORY.encode()).sha256


def test_same_bytes_again_change_nothing():
    first = take_in(publish=True)
    again = take_in(publish=True)
    assert again.outcome == Outcome.UNCHANGED
    assert again.article.pk == first.article.pk
    assert Article.objects.count() == 1
    assert first.article.revisions.count() == 1


def test_same_story_with_another_body_is_a_new_version_at_the_same_address():
    first = take_in(publish=True)
    again = take_in(STORY.replace("for an hour", "for two hours"), publish=True)
    assert again.outcome == Outcome.CHANGED
    assert again.article.get_absolute_url() == first.article.get_absolute_url()
    assert again.article.version == 2
    assert again.article.revisions.count() == 2
    assert again.article.originals.count() == 2


def test_fields_changed_by_hand_survive_new_copy():
    article = take_in().article
    edit(article, {"headline": "Sable Bank to be shared"}, by=None, why="Shorter.")
    take_in(STORY.replace("for an hour", "for two hours"))
    article.refresh_from_db()
    assert article.headline == "Sable Bank to be shared"
    assert "two hours" in article.body_text


def test_withdrawn_story_does_not_come_back_with_its_copy():
    article = take_in(publish=True).article
    withdraw(article, by=None, why="Wrong.")
    take_in(STORY.replace("for an hour", "for two hours"), publish=True)
    article.refresh_from_db()
    assert article.status == Article.Status.WITHDRAWN


def filed(version, pub_status="usable", *, headline="Bank shared", **options):
    fields = {
        "uri": "urn:x:1",
        "headline": headline,
        "versioncreated": "2019-07-10T22:07:00Z",
        "body_text": "Text of it.",
        "version": str(version),
        "pubstatus": pub_status,
    }
    record, received = read(json.dumps(fields))
    return accept(record, source=make_source(), received=received, publish=True, **options)


def test_published_story_that_its_source_withholds_is_a_draft_again():
    filed(1)
    answer = filed(2, "withheld")
    assert (answer.outcome, answer.article.status) == (Outcome.CHANGED, Article.Status.DRAFT)
    assert answer.held == ["Its source withholds it for now: publish it when the embargo ends."]
    answer = filed(3)
    assert (answer.outcome, answer.article.status) == (Outcome.CHANGED, Article.Status.PUBLISHED)


def test_version_without_new_words_is_a_version_by_its_sources_count():
    filed(1)
    assert filed(2).outcome is Outcome.CHANGED
    assert filed(1, headline="Bank divided").outcome is Outcome.UNCHANGED
    assert Article.objects.get().headline == "Bank shared"


def test_late_version_is_kept_and_the_newer_original_still_counts():
    filed(3, headline="Third")
    filed(2, headline="Second")
    filed(1, headline="First")
    filed(2, headline="Second")
    article = Article.objects.get()
    versions = [json.loads(bytes(each.content))["version"] for each in in_order_received(article)]
    assert sorted(versions) == ["1", "2", "3"]
    assert versions[-1] == "3"
    assert not [reading for reading in reparse.read_again(Article.objects.all()) if reading.is_changed]


def test_same_bytes_from_another_source_are_a_duplicate_and_not_written():
    first = take_in()
    second = take_in(source=make_source("straits"))
    assert second.outcome == Outcome.DUPLICATE
    assert second.article == first.article
    assert Article.objects.count() == 1


def test_two_sources_may_file_the_same_headline_on_one_day():
    first = take_in(publish=True)
    second = take_in(STORY.replace("NA/PA", "XY"), source=make_source("straits"), publish=True)
    assert second.outcome == Outcome.NEW
    assert second.article.slug == first.article.slug + "-2"


def test_undated_story_is_held_as_a_draft():
    accepted = take_in("Ferries stop\n\nVARRA - The ferries stopped. Nobody knew why.\n", publish=True)
    assert accepted.article.status == Article.Status.DRAFT
    assert accepted.held == ["It has no day: add the date before publishing."]
    with pytest.raises(CannotPublish, match="no day"):
        publish(accepted.article, by=None)


def test_preview_writes_nothing_and_says_what_accepting_would_do():
    register_name(kind="person", name="Mirvan Takhti Rahim", spellings=["Takhti Rahim"])
    register_code("NA", "Noor Adel")
    record, received = read()
    seen = preview(record, make_source(), received)
    assert seen.outcome == Outcome.NEW
    assert [(name.text, name.entity.name) for name in seen.names] == [
        ("Mirvan Takhti Rahim", "Mirvan Takhti Rahim"),
        ("Takhti-Rahim", "Mirvan Takhti Rahim"),
    ]
    assert [(code.code, code.contributor and code.contributor.name) for code in seen.codes] == [
        ("NA", "Noor Adel"),
        ("PA", None),
    ]
    assert not Article.objects.exists()
    assert not Original.objects.exists()
    assert not IndexTask.objects.exists()


def test_mentions_point_at_the_very_words():
    register_name(kind="person", name="Mirvan Takhti Rahim", spellings=["Takhti Rahim"])
    article = take_in().article
    for mention in Mention.objects.filter(article=article):
        text = article.headline if mention.part == "headline" else article.body_text
        assert text[mention.start : mention.end] == mention.text
    assert article.mentions.count() == 2


def test_every_change_is_queued_for_the_index_with_a_new_version():
    article = take_in().article
    publish(article, by=None)
    withdraw(article, by=None, why="Wrong.")
    article.refresh_from_db()
    assert IndexTask.objects.filter(article_id=article.pk).count() == 3
    assert article.index_version == 3


def test_revisions_name_who_when_and_why(django_user_model):
    user = django_user_model.objects.create_user("ana")
    article = take_in(by=user).article
    edit(article, {"section": "sea"}, by=user, why="Filed under sea.")
    newest = article.revisions.first()
    assert newest.history_user == user
    assert newest.history_change_reason == "Filed under sea."
    assert newest.diff_against(newest.prev_record).changed_fields == ["section"]


def test_story_that_moves_to_another_day_leaves_its_address_behind():
    article = take_in(publish=True).article
    old = article.get_absolute_url()
    article = edit(
        article, {"published_on": datetime.date(2004, 7, 11)}, by=None, why="Filed after midnight."
    )
    assert article.get_absolute_url() == "/2004/07/11/ministers-agree-to-share-the-sable-bank/"
    assert FormerAddress.objects.get(path=old).article == article


def test_edited_body_is_cleaned_and_its_text_follows():
    article = take_in().article
    article = edit(article, {"body_html": "<p>One<script>x()</script></p><p>Two</p>"}, by=None, why="x")
    assert article.body_html == "<p>One</p><p>Two</p>"
    assert article.body_text == "One\n\nTwo"
    assert article.word_count == 2


def test_edited_sign_off_changes_the_credits():
    article = take_in().article
    article = edit(article, {"sign_off": "ZZ"}, by=None, why="x")
    assert list(Credit.objects.filter(article=article).values_list("code", flat=True)) == ["ZZ"]


def test_edit_refuses_fields_that_are_not_copy():
    with pytest.raises(ValueError, match="status"):
        edit(take_in().article, {"status": "published"}, by=None, why="x")


def test_published_story_cannot_lose_its_day():
    article = take_in(publish=True).article
    with pytest.raises(CannotPublish):
        edit(article, {"published_on": None}, by=None, why="x")
    article.refresh_from_db()
    assert article.published_on == datetime.date(2004, 7, 10)


def test_failure_inside_leaves_nothing_behind(monkeypatch):
    monkeypatch.setattr("archive.desk.accept._keep_originals", lambda *args: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        take_in()
    assert not Article.objects.exists()
    assert not IndexTask.objects.exists()


def test_many_records_take_as_many_queries_as_one(django_assert_max_num_queries):
    source = make_source()
    with django_assert_max_num_queries(40):
        take_in(STORY.replace("Sable", "Amber"))
    arrivals = [Arrival(*read(STORY.replace("Sable", f"Bank {number}"))) for number in range(20)]
    with django_assert_max_num_queries(40):
        accept_all(arrivals, source=source, publish=True)


def test_answers_come_in_the_order_of_the_arrivals():
    first, second = Arrival(*read()), Arrival(*read(STORY.replace("an hour", "two hours")))
    other = Arrival(*read(STORY.replace("Sable", "Amber")))
    answers = accept_all([first, other, second, first], source=make_source())
    assert [str(answer.outcome) for answer in answers] == ["new", "new", "changed", "unchanged"]
    assert answers[0].article == answers[2].article
    assert "two hours" in answers[2].article.body_text
