import datetime

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError

from archive.desk import authority
from archive.desk.accept import accept
from archive.desk.authority import add_spelling, register_code, register_name, remove_spelling, rename
from archive.desk.credits import people_behind
from archive.models import Entity, IndexTask
from tests.desk.copy_samples import make_source, read

pytestmark = pytest.mark.django_db


@pytest.fixture
def article():
    record, received = read()
    return accept(record, source=make_source(), received=received, publish=True).article


def mentions(article):
    return list(article.mentions.values_list("text", flat=True))


def test_name_registered_later_is_found_in_articles_that_are_here(article):
    IndexTask.objects.all().delete()
    register_name(kind="person", name="Mirvan Takhti Rahim")
    assert "Mirvan Takhti Rahim" in mentions(article)
    assert IndexTask.objects.get().article_id == article.pk


def test_spelling_added_is_found_and_removed_is_forgotten(article):
    entity = register_name(kind="place", name="Sable Bank Treaty Zone")
    assert mentions(article) == []
    alias = add_spelling(entity, "Sable  Bank")
    assert mentions(article) == ["Sable Bank", "Sable Bank"]
    remove_spelling(alias)
    assert mentions(article) == []


def test_preferred_spelling_cannot_be_removed():
    entity = register_name(kind="place", name="Varra")
    with pytest.raises(ValidationError, match="preferred"):
        remove_spelling(entity.aliases.get())


def test_rename_keeps_the_address_and_the_old_spelling():
    entity = register_name(kind="place", name="Varra")
    rename(entity, "Port Varra")
    assert entity.slug == "varra"
    assert sorted(entity.aliases.values_list("text", flat=True)) == ["Port Varra", "Varra"]


def test_two_names_may_be_spelled_alike():
    first = register_name(kind="person", name="Lena Moss")
    second = register_name(kind="person", name="Lena Moss")
    assert (first.slug, second.slug) == ("lena-moss", "lena-moss-2")


def test_address_that_another_takes_at_the_same_moment_is_left_to_them(monkeypatch):
    register_name(kind="person", name="Lena Moss")
    seen = iter([set()])  # what is registered, before the other's transaction has ended
    free_slug = authority.free_slug
    monkeypatch.setattr(authority, "free_slug", lambda wanted, taken: free_slug(wanted, next(seen, taken)))
    second = register_name(kind="person", name="Lena Moss")
    assert second.slug == "lena-moss-2"
    assert list(second.aliases.values_list("text", flat=True)) == ["Lena Moss"]


def test_address_that_is_always_taken_is_an_error(monkeypatch):
    register_name(kind="person", name="Lena Moss")
    monkeypatch.setattr(authority, "free_slug", lambda wanted, taken: wanted)
    with pytest.raises(IntegrityError):
        register_name(kind="person", name="Lena Moss")
    assert Entity.objects.count() == 1


@pytest.mark.parametrize("name", ["", "   ", "x" * 201])
def test_impossible_names_are_refused(name):
    with pytest.raises(ValidationError):
        register_name(kind="person", name=name)


def test_unknown_kind_is_refused():
    with pytest.raises(ValidationError):
        register_name(kind="ship", name="Aurora")


@pytest.mark.parametrize(
    ("day", "person"),
    [("1999-12-31", "First"), ("2000-01-01", "Second"), ("2010-01-01", "Second"), ("1990-01-01", None)],
)
def test_code_means_whoever_held_it_on_that_day(day, person):
    register_code("NA", "First", valid_from=datetime.date(1995, 1, 1), valid_to=datetime.date(1999, 12, 31))
    register_code("NA", "Second", valid_from=datetime.date(2000, 1, 1))
    record, received = read()
    article = accept(record, source=make_source(), received=received).article
    article.published_on = datetime.date.fromisoformat(day)
    contributor = people_behind([article])[article.pk][0].contributor
    assert (contributor and contributor.name) == person


def test_code_held_by_two_people_at_once_is_not_guessed(article):
    register_code("NA", "First")
    register_code("NA", "Second")
    assert people_behind([article])[article.pk][0].contributor is None


def test_registration_for_one_source_goes_before_one_for_all(article):
    register_code("NA", "Everywhere")
    register_code("NA", "Here", source=article.source)
    assert people_behind([article])[article.pk][0].contributor.name == "Here"


def test_registering_a_code_twice_is_once():
    assert register_code("na", "Noor Adel") == register_code("NA", "Noor  Adel")


def test_code_whose_last_day_is_before_its_first_is_refused():
    with pytest.raises(ValidationError):
        register_code("NA", "X", valid_from=datetime.date(2000, 1, 2), valid_to=datetime.date(2000, 1, 1))


def test_people_behind_many_articles_in_two_queries(article, django_assert_num_queries):
    with django_assert_num_queries(2):
        people_behind([article] * 3)
