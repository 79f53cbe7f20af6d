"""Articles read for names, quotes and proposals, at once and later."""

import pytest

from archive.desk import queue, retagging
from archive.desk.accept import Arrival, accept_all
from archive.desk.authority import register_name
from archive.desk.retagging import articles_with, queue_reading, read_again, work_off
from archive.models import Article, Candidate, CasingCounts, IndexTask, Quote, ReadingTask, Unproposed
from tests.desk.copy_samples import STORY, make_source, read
from tests.desk.stories import named_in, take_in

pytestmark = pytest.mark.django_db


def take_in_many(count, text=STORY):
    arrivals = [Arrival(*read(text.replace("Ministers", f"Minister {number}"))) for number in range(count)]
    return [answer.article for answer in accept_all(arrivals, source=make_source(), publish=True)]


# --- proposals ---


def test_many_articles_wait_to_be_looked_through_and_are_then(django_assert_max_num_queries):
    take_in_many(12)
    assert (Unproposed.objects.count(), Candidate.objects.count()) == (12, 0)
    seen = []
    assert queue.propose_waiting(seen.append) == 12
    assert seen == [12]
    assert not Unproposed.objects.exists()
    assert Candidate.objects.get(text="Kessary").stories == 12
    assert queue.propose_waiting() == 0


def test_few_articles_are_looked_through_at_once():
    take_in_many(3)
    assert not Unproposed.objects.exists()
    assert Candidate.objects.get(text="Kessary").stories == 3


def test_registered_name_is_not_proposed_later():
    take_in_many(12)
    register_name(kind="place", name="Kessary")
    queue.propose_waiting()
    assert not Candidate.objects.filter(text="Kessary").exists()


def test_casing_is_counted_once_for_each_article():
    take_in_many(60)
    queue.propose_waiting()
    counts = CasingCounts.objects.get()
    assert (counts.articles, counts.last_article_id) == (60, Article.objects.latest("pk").pk)
    take_in_many(3, STORY.replace("Sable", "Amber"))
    assert CasingCounts.objects.get().articles == 60


# --- names and quotes ---


def test_surname_alone_in_the_headline_is_found_when_the_body_has_the_full_name():
    register_name(kind="person", name="Mirvan Takhti Rahim")
    text = STORY.replace("Ministers agree to share the Sable Bank", "Rahim agrees to share the bank")
    article = take_in_many(1, text)[0]
    assert [row.text for row in article.mentions.filter(part="headline")] == ["Rahim"]


def test_quote_has_its_speaker_words_and_place():
    register_name(kind="person", name="Lena Moss")
    article = take_in('"We will sing until the morning comes," Lena Moss said.')
    quote = article.quotes.get()
    assert article.body_text[quote.start : quote.end] == quote.text
    assert (str(quote.speaker), quote.verb, quote.kind) == ("Lena Moss", "said", "direct")
    assert article.body_text[quote.speaker_start :].startswith("Lena Moss")


def test_reading_again_what_did_not_change_keeps_every_row():
    register_name(kind="person", name="Lena Moss")
    article = take_in('"We will sing until the morning comes," Lena Moss said.', "Moss left.")
    before = (
        list(article.mentions.values_list("pk", flat=True)),
        list(article.quotes.values_list("pk", flat=True)),
    )
    IndexTask.objects.all().delete()
    read_again([article.pk], "test")
    assert before == (
        list(article.mentions.values_list("pk", flat=True)),
        list(article.quotes.values_list("pk", flat=True)),
    )
    assert not IndexTask.objects.exists()


def test_quote_gets_its_speaker_when_the_name_is_registered():
    article = take_in('"We will sing until the morning comes," Lena Moss said.')
    assert article.quotes.get().speaker is None
    register_name(kind="person", name="Lena Moss")
    assert str(article.quotes.get().speaker) == "Lena Moss"
    assert Quote.objects.count() == 1


# --- following a change ---


def test_many_articles_are_left_to_the_background_and_then_read(monkeypatch):
    monkeypatch.setattr(retagging, "MOST_AT_ONCE", 5)
    monkeypatch.setattr(retagging, "CHUNK_ARTICLES", 4)
    articles = take_in_many(12)
    register_name(kind="place", name="Kessary")
    task = ReadingTask.objects.get()
    assert (task.total, task.done, named_in(articles[0])) == (12, 0, [])
    seen = []
    assert work_off(seen.append) == 12
    assert seen == [4, 4, 4]
    task.refresh_from_db()
    assert (task.done, task.changed, task.finished_at is not None) == (12, 12, True)
    assert all(named_in(article) == [("Kessary", "Kessary")] for article in articles)


def test_reading_goes_on_where_it_stopped(monkeypatch):
    articles = take_in_many(12)
    task = queue_reading("test", [article.pk for article in articles])
    ReadingTask.objects.filter(pk=task.pk).update(cursor=articles[8].pk, done=9)
    seen = []
    work_off(seen.append)
    assert seen == [3]


def test_all_articles_can_be_read_again():
    articles = take_in_many(12)
    articles[0].mentions.all().delete()
    task = queue_reading("Everything")
    work_off()
    task.refresh_from_db()
    assert (task.total, task.done) == (12, 12)


def test_failure_is_kept_with_its_task_and_stops_no_other(monkeypatch):
    article = take_in("Lena Moss sang.")
    broken, sound = queue_reading("broken", [article.pk]), queue_reading("sound", [article.pk])
    read_pieces = retagging._read

    def fail_once(ids, ahead):
        monkeypatch.setattr(retagging, "_read", read_pieces)
        raise RuntimeError("the disk is full")

    monkeypatch.setattr(retagging, "_read", fail_once)
    work_off()
    broken.refresh_from_db()
    sound.refresh_from_db()
    assert (broken.error, broken.done, broken.finished_at) == ("RuntimeError: the disk is full", 0, None)
    assert sound.finished_at is not None


@pytest.mark.parametrize(
    ("spelling", "found"),
    [("Sable Bank", True), ("sable-bank", True), ("Kessary", True), ("Nowhere Land", False), ("", False)],
)
def test_articles_are_found_in_the_database_when_the_index_cannot_say(spelling, found, monkeypatch):
    monkeypatch.setattr(retagging, "_finder", lambda spellings: None)
    article = take_in_many(1)[0]
    assert articles_with([spelling]) == ([article.pk] if found else [])
