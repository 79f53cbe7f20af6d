"""What the backend does beyond the contract: damage, schema changes, limits, trees of conditions."""

import pickle

import pytest
from haystack import connections, indexes
from haystack.backends import SQ
from haystack.query import SearchQuerySet
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from whoosh.index import open_dir
from whoosh.qparser import QueryParser

from archive.search.engines.whoosh.schema import layout_of
from archive.search.errors import (
    IndexConfigurationError,
    IndexDamaged,
    IndexMissing,
    QueryTooCostly,
    SchemaChanged,
    SearchUnavailable,
)
from archive.search.inputs import Near, Phrase, Prefix, Wildcard

from .sample.engine import ALIAS, WhooshSampleEngine, found, pks
from .sample.models import Story
from .sample.search_indexes import StoryIndex
from .sample.stories import STORIES, story


class WiderIndex(StoryIndex):
    colour = indexes.CharField(default="red", faceted=True)


def declare(index) -> None:
    connections[ALIAS].get_unified_index().build([index])


class TestDamage(WhooshSampleEngine):
    def test_missing_index_is_unavailable_to_readers(self, sqs, backend):
        (backend.store.root / "current").unlink()
        with pytest.raises(IndexMissing):
            sqs.filter(content="nuclear").count()
        assert backend.needs_rebuild()

    def test_first_update_of_a_small_archive_makes_the_index(self, sqs, backend):
        (backend.store.root / "current").unlink()
        assert backend.update(self.story_index, [story(7, headline="new")]).indexed == 1
        assert found(sqs) == {1, 2, 3, 4, 5, 6, 7}

    def test_first_update_of_a_large_archive_leaves_the_rebuild_to_others(self, sqs, backend, monkeypatch):
        monkeypatch.setattr("archive.search.engines.whoosh.indexing.MADE_ON_FIRST_UPDATE_OBJECTS", 3)
        (backend.store.root / "current").unlink()
        with pytest.raises(IndexMissing, match="rebuild"):
            backend.update(self.story_index, [story(7)])

    def test_damage_met_while_searching_is_named_and_mended_by_a_rebuild(self, sqs, backend):
        assert sqs.filter(content="nuclear").count() == 3
        for path in backend.store.root.glob("g-*/*.seg"):
            content = path.read_bytes()
            path.write_bytes(bytes(len(content)))
        with pytest.raises(SearchUnavailable):
            [row.text for row in sqs.filter(content="nuclear")]
        with pytest.raises(IndexDamaged):
            backend.update(self.story_index, [story(1)])
        assert backend.needs_rebuild()
        assert backend.rebuild().indexed == 8
        assert (backend.needs_rebuild(), sqs.filter(content="nuclear").count()) == ("", 3)

    def test_rows_of_an_older_index_can_be_read_and_pickled_later(self, sqs, backend):
        early, late = list(sqs.filter(id="sample.story.1")), pickle.dumps(sqs.filter(id="sample.story.1")[0])
        backend.update(self.story_index, [story(1, headline="Changed")])
        backend.merge()
        assert early[0].headline == pickle.loads(late).headline == "Nuclear talks resume in Geneva"
        assert early[0].get_additional_fields()["words"] == 120
        assert early[0].no_such_field is None

    def test_error_that_is_no_damage_is_raised_as_it_is(self, sqs, backend, monkeypatch):
        def broken(*_args, **_kwargs):
            raise ZeroDivisionError

        monkeypatch.setattr("archive.search.engines.whoosh.backend.build_rows", broken)
        with pytest.raises(ZeroDivisionError):
            list(sqs.filter(content="nuclear"))


class TestSchema(WhooshSampleEngine):
    def test_changed_fields_are_noticed_while_the_old_index_serves(self, sqs, backend):
        assert backend.needs_rebuild() == ""
        declare(WiderIndex())
        assert "other fields" in backend.needs_rebuild()
        assert found(sqs.filter(content="nuclear")) == {1, 2}
        assert found(sqs.filter(colour="red")) == set()
        assert sqs.facet("colour").facet_counts()["fields"]["colour"] == []
        with pytest.raises(SchemaChanged):
            backend.update(WiderIndex(), [story(7)])
        backend.rebuild()
        assert backend.needs_rebuild() == ""
        assert found(sqs.filter(colour="red")) == {1, 2, 3, 4, 5, 6}

    def test_places_are_refused_at_start(self, backend):
        class Placed(StoryIndex):
            where = indexes.LocationField()

        declare(Placed())
        with pytest.raises(IndexConfigurationError, match="LocationField"):
            backend.setup()

    @pytest.mark.parametrize("attribute", ["relevance_fields", "written_fields"])
    def test_options_that_name_no_text_field_are_refused(self, backend, attribute):
        wrong = type("Wrong", (StoryIndex,), {attribute: {"words": 2.0}})
        declare(wrong())
        with pytest.raises(IndexConfigurationError, match="words"):
            layout_of(connections[ALIAS].get_unified_index())

    def test_stock_whoosh_opens_and_searches_the_index(self, sqs, backend):
        (folder,) = backend.store.root.glob("g-*")
        with open_dir(str(folder)).searcher() as searcher:
            query = QueryParser("text", searcher.schema).parse('nuclear AND "takht ravanchi"')
            assert [hit["id"] for hit in searcher.search(query)] == ["sample.story.1"]


class TestCost(WhooshSampleEngine):
    def options(self, tmp_path):
        return super().options(tmp_path) | {"BUDGET": {"max_terms": 1}, "LIMITS": {"max_words": 4}}

    def test_limits_are_options_of_the_connection(self, sqs):
        assert sqs.filter(content="nuclear talks in geneva").count() == 1
        with pytest.raises(QueryTooCostly):
            list(sqs.filter(content=Wildcard("t*k*")))


class TestHits(WhooshSampleEngine):
    @pytest.mark.parametrize(
        ("value", "text", "expected"),
        [
            ("talk", "Talks about talking.", ["Talks", "talking"]),
            (Phrase("nuclear talks"), "Nuclear talks are nuclear, and talks", ["Nuclear talks"]),
            (Prefix("neg"), "Negotiators negate; sneg", ["Negotiators", "negate"]),
            (Near("oil", "tax"), "a tax on oil", ["tax", "oil"]),
            ("Zürich", "Zurich and ZÜRICH", ["Zurich", "ZÜRICH"]),
            ("北京", "核谈判在北京举行", ["北京"]),
            ("absent", "nothing here", []),
        ],
    )
    def test_hits_are_found_in_any_text(self, backend, value, text, expected):
        finder = backend.hit_finder(SearchQuerySet(using=ALIAS).filter(content=value).query)
        assert [text[start:end] for start, end, _ in finder.hits_in(text)] == expected

    def test_what_is_excluded_is_no_hit(self, backend):
        query = SearchQuerySet(using=ALIAS).filter(content="talks").exclude(content="ferry").query
        assert len(backend.hit_finder(query).hits_in("ferry talks")) == 1


# --- trees of conditions ------------------------------------------------------------------------------------

LEAVES = {
    "words": [({"words": 5}, {4, 5}), ({"words__gt": 80}, {1, 3}), ({"words__lte": 0}, {6})],
    "truth": [({"urgent": True}, {1, 4}), ({"price__exists": False}, {3, 5})],
    "names": [
        ({"names": "Smith, John"}, {1, 2}),
        ({"codes": "PA"}, {1, 3, 5}),
        ({"desk_exact": "Varra"}, {2, 3}),
    ],
    "text": [
        ({"content": "nuclear"}, {1, 2}),
        ({"content": "the"}, {1, 2, 3}),
        ({"headline": "sanction"}, {6}),
    ],
}
EVERY = {values["pk"] for values in STORIES}
leaf = st.sampled_from(
    [(SQ(**condition), matched) for group in LEAVES.values() for condition, matched in group]
)


def combine(children):
    return st.one_of(
        st.tuples(children, children).map(lambda two: (two[0][0] & two[1][0], two[0][1] & two[1][1])),
        st.tuples(children, children).map(lambda two: (two[0][0] | two[1][0], two[0][1] | two[1][1])),
        children.map(lambda one: (~one[0], EVERY - one[1])),
    )


tree = st.recursive(leaf, combine, max_leaves=8)


class TestTrees(WhooshSampleEngine):
    @settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(first=tree, second=tree, how=st.sampled_from(["filter", "exclude", "filter_or", "and", "or"]))
    def test_any_tree_means_what_its_parts_mean(self, sqs, first, second, how):
        stories = sqs.models(Story)
        one, two = stories.filter(first[0]), stories.filter(second[0])
        asked, expected = {
            "filter": (one.filter(second[0]), first[1] & second[1]),
            "exclude": (one.exclude(second[0]), first[1] - second[1]),
            "filter_or": (one.filter_or(second[0]), first[1] | second[1]),
            "and": (one & two, first[1] & second[1]),
            "or": (one | two, first[1] | second[1]),
        }[how]
        assert found(asked[0:10]) == expected
        assert asked.count() == len(expected)
        assert sorted(pks(asked.order_by("-words")[0:10])) == sorted(expected)
