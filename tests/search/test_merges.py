"""Names that became one, one of them through another, as readers find them."""

import pytest
from django.http import QueryDict

from archive.desk.authority import register_name
from archive.desk.merging import merge, undo_merge
from archive.search import indexer, known_names
from archive.search.facet_list import list_values
from archive.search.query import ArchiveQuery
from archive.search.run import run
from tests.desk.stories import take_in

pytestmark = pytest.mark.django_db(transaction=True)
NAMES = ("Ada Vorn", "Ela Worn", "Isa Born")


@pytest.fixture
def merges(db):
    """Isa Born was taken for Ela Worn, and she for Ada Vorn; each has a story."""
    ada, ela, isa = (register_name(kind="person", name=name) for name in NAMES)
    for name in NAMES:
        take_in(f"{name} spoke to reporters in the harbour on Monday.")
    made = [merge(isa, ela, by=None), merge(ela, ada, by=None)]
    indexer.rebuild()
    known_names.forget()
    return made


def ask(text="", **params):
    asked = QueryDict(mutable=True)
    asked.update({"q": text, **params})
    return run(ArchiveQuery.from_params(asked))


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("form", ["{}", 'name:"{}"', '"{}"'])
def test_every_name_of_a_merge_finds_all(merges, name, form):
    page = ask(form.format(name))
    assert page.total == 3
    assert [entity.name for entity in page.names] == ["Ada Vorn"]
    assert sorted(chip.label for chip in page.chips if chip.kind == "spelling") == list(NAMES)


def test_spellings_of_merged_names_are_marked_and_on_the_card(merges):
    page = ask("Ada Vorn")
    assert all("<mark" in str(hit.snippet_html) for hit in page.hits)
    (card,) = page.cards
    assert sorted(card.spellings) == ["Ela Worn", "Isa Born"]


def test_part_of_a_merged_name_means_the_one_it_became(merges):
    assert ask("name:Born").total == 3
    assert ask("said:Born").reading == "Articles in which Ada Vorn is quoted."


def test_old_addresses_of_merged_names_narrow_by_the_one_they_became(merges):
    assert ask(person="isa-born").total == ask(person="ada-vorn").total == 3


def test_merged_names_are_suggested_and_found_in_a_facet(merges):
    assert [known.name for known in known_names.names_beginning("isa")] == ["Ada Vorn"]
    listed = list_values(ArchiveQuery(), "person", "Born", "")
    assert [value.label for value in listed.values] == ["Ada Vorn"]


def test_undone_merge_parts_them_again(merges):
    undo_merge(merges[1], by=None)
    indexer.rebuild()
    assert ask('name:"Isa Born"').total == ask('name:"Ela Worn"').total == 2
    assert ask('name:"Ada Vorn"').total == 1
