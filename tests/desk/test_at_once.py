"""Two people, or two imports, that do the same at the same moment: the second finds what the first wrote."""

import threading

import pytest
from django.db import connection, transaction

from archive.desk.accept import Outcome, accept
from archive.desk.authority import add_spelling, register_code, register_name
from archive.models import Alias, Article, BylineCode, Entity, Original
from tests.desk.copy_samples import make_source, read

pytestmark = pytest.mark.django_db(transaction=True)


def twice(act) -> list:
    """Do it, and again in another thread before the first is committed; return both answers in order."""
    answers, began = [], threading.Event()

    def again():
        began.set()
        answers.append(act())
        connection.close()

    other = threading.Thread(target=again)
    with transaction.atomic():
        answers.append(act())
        other.start()
        assert began.wait(timeout=300)
    other.join(timeout=300)
    return answers


def test_same_story_becomes_one_article():
    source = make_source()
    record, received = read()
    first, second = twice(lambda: accept(record, source=source, received=received, publish=True))
    assert (first.outcome, second.outcome) == (Outcome.NEW, Outcome.UNCHANGED)
    assert first.article == second.article
    assert (Article.objects.count(), Original.objects.count()) == (1, 1)


def test_two_names_of_one_spelling_get_addresses_of_their_own():
    twice(lambda: register_name(kind="place", name="Varra"))
    assert sorted(Entity.objects.values_list("slug", flat=True)) == ["varra", "varra-2"]


def test_same_spelling_is_registered_once():
    entity = register_name(kind="place", name="Varra")
    twice(lambda: add_spelling(entity, "Warra"))
    assert Alias.objects.filter(text="Warra").count() == 1


def test_same_code_is_registered_once():
    twice(lambda: register_code("LMO", "Lena Moss"))
    assert BylineCode.objects.count() == 1
