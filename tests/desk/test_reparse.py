import pytest

from archive.desk import correct, reparse
from archive.desk.accept import accept
from archive.models import Article, IndexTask, Original
from tests.desk.copy_samples import STORY, make_source, read
from tests.factories import make_article, make_original

pytestmark = pytest.mark.django_db


@pytest.fixture
def story(db):
    record, received = read()
    return accept(record, source=make_source(), received=received, publish=True).article


def as_read_by_an_older_reader(article, **fields):
    Article.objects.filter(pk=article.pk).update(**fields)


def readings():
    return list(reparse.read_again(Article.objects.all()))


def test_original_that_reads_the_same_changes_nothing(story):
    (reading,) = readings()
    assert (reading.is_changed, reading.values, reading.changes) == (False, {}, [])


def test_difference_is_shown_and_nothing_written(story):
    as_read_by_an_older_reader(story, place="", dateline="")
    (reading,) = readings()
    assert reading.is_changed
    assert reading.values == {"place": "Varra", "dateline": "VARRA"}
    assert [change.label for change in reading.changes] == ["Place"]
    assert Article.objects.get(pk=story.pk).place == ""


def test_applying_is_one_more_version_and_reaches_the_index(story):
    as_read_by_an_older_reader(story, place="")
    IndexTask.objects.all().delete()
    assert reparse.apply(readings()[0])
    after = Article.objects.get(pk=story.pk)
    assert (after.place, after.version, after.curated) == ("Varra", 2, [])
    assert after.revisions.latest("history_id").history_change_reason == reparse.REASON
    assert IndexTask.objects.filter(article_id=story.pk).exists()


def test_hand_made_edits_stay(story):
    correct.edit(story, {"place": "Port Selim"}, by=None, why="It was filed there.")
    (reading,) = readings()
    assert not reading.is_changed


def test_newest_original_counts(story):
    record, received = read(STORY.replace("would be shared", "would be divided"))
    accept(record, source=make_source(), received=received)
    (reading,) = readings()
    assert not reading.is_changed


def test_article_changed_meanwhile_is_left_alone(story):
    as_read_by_an_older_reader(story, place="")
    (reading,) = readings()
    correct.edit(story, {"place": "Port Selim"}, by=None, why="It was filed there.")
    assert not reparse.apply(reading)
    assert Article.objects.get(pk=story.pk).place == "Port Selim"


def test_published_story_never_loses_its_day(story):
    Original.objects.update(content=b"Only a headline\n\nVARRA - Some text.\n")
    (reading,) = readings()
    assert reading.problem == "It has no day: add the date before publishing."
    assert not reading.is_changed


def test_unreadable_original_is_a_problem_with_a_name(db):
    make_original(make_article(), b"\x00\x01" * 200)
    (reading,) = readings()
    assert reading.problem


def test_story_that_cannot_be_told_apart_is_left_alone(db):
    content = STORY.encode()
    for number in (1, 2):
        make_original(make_article(f"Story {number}"), content)
    assert ["told apart" in reading.problem for reading in readings()] == [True, True]
