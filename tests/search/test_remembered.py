"""What is remembered is what would be worked out anew: nothing may be written without being noticed."""

import os
import sqlite3
import threading

import pytest
from django.db import connection, transaction
from haystack import connections

from archive.models import Article, Entity, Source
from archive.search import indexer
from archive.search import remembered as room
from archive.search.query import ArchiveQuery
from archive.search.remembered import everything, remembered
from archive.search.run import run
from tests.factories import make_article

pytestmark = pytest.mark.django_db(transaction=True)


class Counter:
    """Something to make, which counts how often it was made."""

    def __init__(self):
        self.times = 0

    def __call__(self) -> int:
        self.times += 1
        return self.times


@pytest.fixture
def make(empty_index):
    return Counter()


def test_nothing_written_nothing_made(make):
    assert [remembered("key", make) for _ in range(3)] == [1, 1, 1]


def test_each_key_has_a_value_of_its_own(make):
    assert [remembered(key, make) for key in ("one", "two", "one")] == [1, 2, 1]


def _write_by_orm():
    Source.objects.create(slug="sennet", name="Sennet News")


def _write_by_sql():
    with connection.cursor() as cursor:
        cursor.execute("UPDATE archive_source SET name = 'Another' WHERE slug = 'varra'")


def _write_in_a_thread():
    def work():
        Source.objects.create(slug="sennet", name="Sennet News")
        connection.close()

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()


def _write_by_another_program():
    other = sqlite3.connect(connection.settings_dict["NAME"])
    with other:
        other.execute("UPDATE archive_source SET name = 'Another' WHERE slug = 'varra'")
    other.close()


def _write_to_the_index():
    index = connections["default"].get_unified_index().get_index(Article)
    connections["default"].get_backend().update(index, [Article.objects.get()])


@pytest.mark.parametrize(
    "write",
    [_write_by_orm, _write_by_sql, _write_in_a_thread, _write_by_another_program, _write_to_the_index],
)
def test_whoever_writes_is_noticed(make, write):
    Source.objects.create(slug="varra", name="Varra Wire")
    make_article("Harbour opens")
    assert [remembered("key", make), remembered("key", make)] == [1, 1]
    write()
    assert [remembered("key", make), remembered("key", make)] == [2, 2]


def test_what_was_rolled_back_changes_nothing(make):
    remembered("key", make)
    with transaction.atomic():
        Source.objects.create(slug="sennet", name="Sennet News")
        transaction.set_rollback(True)
    assert remembered("key", make) == 1


def test_a_transaction_keeps_nothing_and_is_given_nothing_old(make):
    remembered("key", make)
    with transaction.atomic():
        Source.objects.create(slug="sennet", name="Sennet News")
        assert [remembered("key", make), remembered("key", make)] == [2, 3]


def test_what_changes_while_it_is_made_is_made_again(make):
    def make_and_write():
        value = make()
        Source.objects.create(slug=f"source-{value}", name="Sennet News")
        return value

    assert [remembered("key", make_and_write), remembered("key", make), remembered("key", make)] == [1, 2, 2]


def test_a_value_that_is_refused_is_given_out_once(make):
    values = [remembered("key", make, keep=lambda value: value > 2) for _ in range(4)]
    assert values == [1, 2, 3, 3]


def test_an_error_is_not_remembered(make):
    with pytest.raises(ZeroDivisionError):
        remembered("key", lambda: 1 / 0)
    assert remembered("key", make) == 1


def test_the_longest_unused_is_forgotten_first(make, monkeypatch):
    monkeypatch.setattr(room, "MOST_KEPT", 2)
    values = [remembered(key, make) for key in ("one", "two", "one", "three", "one", "two")]
    assert values == [1, 2, 1, 3, 1, 4]


def test_nothing_is_kept_while_the_index_does_not_answer(make, monkeypatch):
    def broken():
        raise room.SearchError

    monkeypatch.setattr(connections["default"].get_backend().store, "snapshot", broken)
    assert everything() is None
    assert [remembered("key", make), remembered("key", make)] == [1, 2]


def test_another_database_in_the_same_place_is_noticed(make, tmp_path, monkeypatch):
    place = tmp_path / "archive.sqlite3"
    _make_database(place)
    monkeypatch.setitem(connection.settings_dict, "NAME", str(place))
    assert [remembered("key", make), remembered("key", make)] == [1, 1]
    restored = tmp_path / "restored.sqlite3"
    _make_database(restored)
    os.replace(restored, place)
    assert [remembered("key", make), remembered("key", make)] == [2, 2]


def _make_database(place):
    with sqlite3.connect(place) as made:
        made.execute("CREATE TABLE story (id)")
    made.close()


def _headlines(text: str) -> list[str]:
    return [hit.article.headline for hit in run(ArchiveQuery(text=text)).hits]


def test_an_answer_serves_all_who_ask_the_same(empty_index, django_assert_num_queries, monkeypatch):
    # What dead processes left behind is looked for every few seconds, which may be now.
    monkeypatch.setattr(indexer, "catch_up_now_and_then", lambda: None)
    make_article("Harbour opens")
    first = run(ArchiveQuery(text="harbour"))
    with django_assert_num_queries(0):
        assert run(ArchiveQuery(text="harbour")) is first
    assert run(ArchiveQuery(text="harbour", page=2)) is not first


def test_a_withdrawn_story_is_gone_from_the_next_answer(empty_index):
    article = make_article("Harbour opens")
    empty_index.update(connections["default"].get_unified_index().get_index(Article), [article])
    assert [_headlines("harbour"), _headlines("harbour")] == [["Harbour opens"]] * 2
    Article.objects.filter(pk=article.pk).update(status=Article.Status.WITHDRAWN)
    assert _headlines("harbour") == []


def test_a_new_name_is_read_by_the_next_question(empty_index):
    make_article("Harbour opens")
    assert run(ArchiveQuery(text="name:Harbour")).names == []
    entity = Entity.objects.create(kind="place", name="Harbour", slug="harbour")
    entity.aliases.create(text="Harbour", key="harbour")
    assert run(ArchiveQuery(text="name:Harbour")).names == [entity]
