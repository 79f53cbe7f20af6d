"""The index follows the database: real transactions, the real engine."""

import errno
import threading

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from haystack import connections

from archive.desk import families
from archive.desk.accept import accept
from archive.desk.authority import register_code, register_name
from archive.desk.correct import edit, publish, withdraw
from archive.models import Article, IndexTask
from archive.search import indexer
from archive.search.engines.whoosh import writer
from archive.search.query import ArchiveQuery
from archive.search.run import run
from tests.desk.copy_samples import STORY, make_source, read

# tests/conftest.py puts another in its place
MERGE_WHEN_DUE = indexer.merge_when_due
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def index(empty_index):
    return empty_index


def take_in(text=STORY, publish=True):
    record, received = read(text)
    return accept(record, source=make_source(), received=received, publish=publish).article


def another(word):
    """Return copy that tells no version of another one's story."""
    return f"{word} opens\n\nJuly 10, 2004 - 22:7\n\nVARRA - {' '.join(f'{word}{n}' for n in range(20))}.\n\nNA\n"


def queued_articles():
    return IndexTask.objects.values("article_id").distinct().count()


def headlines(text, **options):
    query = ArchiveQuery(text=text, every_version=True, **options)
    return [hit.article.headline for hit in run(query).hits]


def test_accepted_story_is_found_at_once():
    take_in()
    assert headlines("sable") == ["Ministers agree to share the Sable Bank"]
    assert not IndexTask.objects.exists()


def test_draft_is_not_found_until_it_is_published():
    article = take_in(publish=False)
    assert headlines("sable") == []
    publish(article, by=None)
    assert len(headlines("sable")) == 1


def test_withdrawn_story_is_gone_at_once():
    article = take_in()
    withdraw(article, by=None, why="Wrong.")
    assert headlines("sable") == []


def test_edited_story_is_found_by_its_new_words_only():
    article = take_in()
    edit(article, {"body_html": "<p>Nothing but lighthouses.</p>"}, by=None, why="Rewritten.")
    assert headlines("lighthouses") == [article.headline]
    assert headlines("envoy") == []


def test_rolled_back_change_leaves_no_ghost():
    with transaction.atomic():
        take_in()
        transaction.set_rollback(True)
    assert headlines("sable") == []
    assert not Article.objects.exists()


def test_name_is_found_under_every_spelling_as_soon_as_it_is_registered():
    take_in()
    assert headlines("Takhtirahim") == []
    register_name(kind="person", name="Mirvan Takhti Rahim")
    register_name(kind="person", name="Somebody Else")
    assert headlines('name:"Mirvan Takhtirahim"') == ["Ministers agree to share the Sable Bank"]


def test_registered_code_is_found_by_its_person():
    take_in()
    register_code("NA", "Noor Adel")
    assert len(headlines('by:"Noor Adel"')) == 1
    assert len(headlines("by:na")) == 1
    assert headlines("by:ZZ") == []


def test_locked_index_defers_and_loses_nothing(index):
    held, done = threading.Event(), threading.Event()

    def hold():
        with index.writing(timeout_seconds=5):
            held.set()
            done.wait(10)

    thread = threading.Thread(target=hold)
    thread.start()
    held.wait(10)
    take_in()
    assert IndexTask.objects.count() == 1
    assert headlines("sable") == []
    done.set()
    thread.join()
    indexer.drain()
    assert len(headlines("sable")) == 1


def test_check_index_advises_a_rebuild_where_older_copies_take_up_much(index, capsys):
    for word in ("Amber", "Coral", "Dune", "Ebony"):
        take_in(STORY.replace("Sable", word))
    indexer.rebuild()
    call_command("check_index")
    assert "older copies" not in capsys.readouterr().out
    for article in Article.objects.all():
        indexer.index_articles([article.pk])
    call_command("check_index")
    assert "50% of the index are older copies; manage.py rebuild_index" in capsys.readouterr().out
    indexer.rebuild()
    call_command("check_index")
    assert "older copies" not in capsys.readouterr().out


def test_check_index_finds_and_mends_what_differs(index, capsys):
    kept, outdated, missing = (take_in(STORY.replace("Sable", word)) for word in ("Amber", "Coral", "Dune"))
    Article.objects.filter(pk=outdated.pk).update(index_version=99)
    Article.objects.filter(pk=kept.pk).update(status=Article.Status.WITHDRAWN)
    index.remove(f"archive.article.{missing.pk}")
    assert indexer.compare() == ([missing.pk], [outdated.pk], [kept.pk])
    call_command("check_index", "--dry-run")
    assert indexer.compare().count == 3
    call_command("check_index")
    assert "1 missing, 1 outdated, 1 superfluous and mended" in capsys.readouterr().out
    assert indexer.compare() == ([], [], [])


def test_rebuild_index_holds_exactly_what_readers_may_see(capsys):
    for word in ("Amber", "Coral"):
        take_in(STORY.replace("Sable", word))
    take_in(publish=False)
    call_command("rebuild_index")
    assert "2 indexed" in capsys.readouterr().out
    assert indexer.compare().count == 0


def test_rebuild_index_tells_of_a_full_disk(monkeypatch):
    take_in()
    indexer.rebuild()

    def write(*arguments):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(writer, "write_segment", write)
    with pytest.raises(CommandError, match=r"could not be made anew.*No space left"):
        call_command("rebuild_index")
    assert indexer.compare().count == 0


def test_bulk_change_is_drained_once_at_the_end(monkeypatch):
    calls = []
    monkeypatch.setattr(indexer, "drain", lambda: calls.append(queued_articles()))
    with indexer.deferred_drain():
        for word in ("Amber", "Coral", "Dune"):
            take_in(STORY.replace("Sable", word))
    assert calls == [3]


def test_tasks_of_a_dead_process_are_taken_along_by_a_search(monkeypatch):
    with monkeypatch.context() as patched:
        patched.setattr(indexer, "drain", lambda: None)
        take_in()
    monkeypatch.setattr(indexer, "FORGOTTEN_AFTER_SECONDS", -1)
    monkeypatch.setattr(indexer, "SECONDS_BETWEEN_LOOKS", 0)
    monkeypatch.setattr(indexer, "start_in_background", lambda work: work())
    headlines("sable")
    assert len(headlines("sable")) == 1


def test_change_that_was_numbered_early_and_committed_late_survives_a_rebuild():
    """PostgreSQL numbers a row before its transaction ends; the rebuild has read the article already."""
    article = take_in()
    IndexTask.objects.create(pk=10_000, article_id=article.pk)

    def commit_late(count):
        Article.objects.filter(pk=article.pk).update(headline="Quokka", index_version=99)
        IndexTask.objects.create(pk=5_000, article_id=article.pk)

    indexer.rebuild(progress=commit_late)
    assert headlines("quokka") == ["Quokka"]
    assert IndexTask.objects.count() == 0


def test_index_of_other_fields_is_made_anew_after_the_next_change(index, monkeypatch):
    started = []
    monkeypatch.setattr(indexer, "start_in_background", started.append)
    take_in()
    index.store.create_empty(index.layout.whoosh_schema(), "other fields")
    take_in(STORY.replace("Sable", "Amber"))
    assert started == [indexer.mend]
    # The older one has become a version of the same story.
    assert queued_articles() == 2
    indexer.mend()
    assert indexer.compare().count == IndexTask.objects.count() == 0
    assert len(headlines("sable")) == len(headlines("amber")) == 1


def test_index_of_other_fields_is_noticed_by_the_first_search_of_a_process(index, monkeypatch):
    started = []
    take_in()
    index.store.create_empty(index.layout.whoosh_schema(), "other fields")
    monkeypatch.setattr(indexer, "start_in_background", started.append)
    monkeypatch.setitem(indexer._looked_at, "seconds", float("-inf"))
    headlines("sable")
    assert indexer.mend in started


def test_damage_that_two_processes_noticed_is_mended_once(monkeypatch):
    reasons, rebuilt = ["it is damaged."] * 3 + [""], []
    monkeypatch.setattr(indexer, "reason_to_rebuild", lambda: reasons.pop(0))
    monkeypatch.setattr(indexer, "rebuild", lambda: rebuilt.append(True))
    indexer.mend()
    indexer.mend()
    assert rebuilt == [True]


def test_segments_of_many_changes_are_joined_and_queued_changes_taken_along(index):
    words = ("Amber", "Coral", "Dune", "Ebony", "Fern", "Gold", "Hazel", "Indigo")
    for word in words:
        take_in(STORY.replace("Sable", word))
    assert index.needs_merge()
    with indexer.without_drain():
        take_in(STORY.replace("Sable", "Jade"))
    indexer.merge_segments()
    assert not index.needs_merge()
    assert len(index.store.snapshot().segments) < len(words)
    assert indexer.compare().count == 0
    assert [len(headlines(word)) for word in (*words, "Jade")] == [1] * 9


def test_segments_are_joined_after_a_change_when_there_are_many(monkeypatch):
    started = []
    monkeypatch.setattr(indexer, "start_in_background", started.append)
    monkeypatch.setattr(indexer, "merge_when_due", MERGE_WHEN_DUE)
    for word in ("Amber", "Coral", "Dune"):
        take_in(another(word))
    assert started == []
    take_in(another("Ebony"))
    assert started == [indexer.merge_segments]


def test_status_says_how_far_the_index_is_behind(monkeypatch):
    take_in()
    status = indexer.status()
    assert (status.pending, status.in_database, status.in_index, status.error) == (0, 1, 1, "")


def test_queries_of_a_rebuild_do_not_grow_with_the_articles(django_assert_max_num_queries):
    register_code("NA", "Noor Adel")
    for number in range(12):
        take_in(STORY.replace("Sable", f"Bank{number}"))
    with django_assert_max_num_queries(16):
        assert indexer.rebuild() == 12
    assert len(headlines('by:"Noor Adel"')) == 12


def test_versions_are_folded_and_unfolded_as_their_family_changes():
    first = take_in(STORY.replace("Sable", "Amber"))
    second = take_in(STORY.replace("Sable", "Coral"))
    assert rows("ministers") == [(second.headline, 1)]
    families.part(second, by=None, why="Another bank.")
    assert sorted(rows("ministers")) == [(first.headline, 0), (second.headline, 0)]
    with transaction.atomic():
        families.unite(first, second)
    assert rows("ministers") == [(second.headline, 1)]
    withdraw(second, by=None, why="Wrong.")
    assert rows("ministers") == [(first.headline, 0)]


def rows(text):
    return [(hit.article.headline, hit.version_count) for hit in run(ArchiveQuery(text=text)).hits]


def test_background_work_that_fails_is_logged_and_can_be_started_again(caplog):
    """Any error: a disk that is full raises OSError."""

    def work():
        raise OSError("No space left on device")

    for _ in range(2):
        assert indexer.start_in_background(work)
        for thread in threading.enumerate():
            if thread.name == "archive-work":
                thread.join()
    assert caplog.text.count("work failed.") == 2
    assert "No space left on device" in caplog.text


def test_articles_to_be_indexed_are_looked_up_by_their_numbers_alone():
    article, draft = take_in(), take_in(another("quokka"), publish=False)
    among = connections["default"].get_unified_index().get_index(Article).among([article.pk, draft.pk])
    assert [found.pk for found in among] == [article.pk]
    if connection.vendor == "sqlite":
        assert "article_days" not in among.explain()
