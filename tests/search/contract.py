"""What every search engine of ours does, seen through Haystack's own classes.

Inherit from EngineContract, say which engine and options, and skip nothing but what the engine names as
missing.
"""

import copy
import datetime
import pickle
import threading
from decimal import Decimal

import pytest
from haystack.backends import SQ
from haystack.inputs import AltParser, AutoQuery, Clean, Exact, Not, Raw
from haystack.models import SearchResult
from haystack.query import RelatedSearchQuerySet, SearchQuerySet

from archive.search import errors
from archive.search.inputs import (
    AnyOf,
    AnyWords,
    AtLeast,
    Caps,
    Exactly,
    Fuzzy,
    Near,
    Phrase,
    Prefix,
    SameParagraph,
    SameSentence,
    Wildcard,
    Words,
)

from .sample.engine import ALIAS, SampleEngine, found, pks
from .sample.models import Memo, Story
from .sample.stories import GENEVA, story

ALL = {1, 2, 3, 4, 5, 6}


class EngineContract(SampleEngine):
    """Tests of an engine; a subclass gives its class path and the options of its connection."""

    # --- words ----------------------------------------------------------------------------------------------

    @pytest.mark.parametrize(
        ("value", "expected"),
        [
            ("nuclear", {1, 2}),
            ("NUCLEAR Talks", {1, 2}),
            ("nuclear geneva", {1}),
            ("nuclear absent", set()),
            ("sanction", {6}),
            ("negotiator", {1}),
            ("election", {3}),
            ("élection CAFE", {3}),
            ("Zurich", {3}),
            ("naive", {3}),
            ("co-operative", {3}),
            ("روانچی", {4}),
            ("ژنو", {4}),
            ("北京", {5}),
            ("谈判", {5}),
            ("北判", set()),
            ("", set()),
            ("   ", set()),
            ("the", {1, 2, 3}),
            ("…—!?", set()),
            (Words("talks nuclear"), {1, 2}),
            (AnyWords("geneva ferry absent"), {1, 2}),
            (AnyWords("geneva nuclear talks absent", at_least=3), {1}),
            (Phrase("nuclear talks"), {1}),
            (Phrase("talks nuclear"), set()),
            (Exact("Takht Ravanchi"), {1}),
            (Exact("Ravanchi Takht"), set()),
            (Clean("nuclear"), {1, 2}),
            (Not("nuclear"), {3, 4, 5, 6}),
            (AutoQuery('"nuclear talks"'), {1}),
            (AutoQuery("talks -ferry"), {1}),
            (AutoQuery('talks -"nuclear talks"'), {2}),
            (AutoQuery("-nuclear"), {3, 4, 5, 6}),
            (AutoQuery('unfinished "nuclear tal'), set()),
            (Prefix("negot"), {1}),
            (Prefix("NEGOT"), {1}),
            (Prefix("éle"), {3}),
            (Wildcard("n?clear"), {1, 2}),
            (Wildcard("sanct*"), {6}),
            (Fuzzy("nuclaer", 2), {1, 2}),
            (Fuzzy("nuclaar", 1), {1, 2}),
            (Fuzzy("gneva", 1), {1}),
            (AnyOf("Takht Ravanchi", "تخت روانچی"), {1, 4}),
            (AnyOf(Phrase("nuclear talks"), Prefix("harb")), {1, 2}),
        ],
    )
    def test_content_finds(self, sqs, value, expected):
        assert found(sqs.models(Story).filter(content=value)) == expected

    @pytest.mark.parametrize(
        ("value", "expected"),
        [
            (Near("nuclear", "board", distance=5), {2}),
            (Near("nuclear", "board", distance=3), set()),
            (Near("board", "nuclear", distance=5), {2}),
            (Near("board", "nuclear", distance=5, ordered=True), set()),
            (Near("nuclear", "board", distance=5, ordered=True), {2}),
            (Near(("envoys", "negotiators"), "talks", distance=4), {1}),
            (Near("Takht Ravanchi", "delegation", distance=4), {1}),
            (SameSentence("nuclear", "board"), {2}),
            (SameSentence("talks", "delegation"), set()),
            (SameParagraph("talks", "delegation"), {1}),
            (SameParagraph("geneva", "delegation"), set()),
            (AtLeast("talks", 3), {2}),
            (AtLeast("talks", 4), set()),
            (AtLeast("sanction", 3), {6}),
            (Exactly("sanctions"), {6}),
            (Exactly("negotiator"), set()),
            (Exactly("Negotiators"), {1}),
            (Caps("Nuclear"), {1, 2}),
            (Caps("nuclear"), set()),
        ],
    )
    def test_closeness_and_form_find(self, sqs, value, expected):
        assert found(sqs.models(Story).filter(content=value)) == expected

    def test_plain_word_in_headline_ranks_above_body(self, sqs):
        assert pks(sqs.models(Story).filter(content="nuclear")) == [1, 2]
        assert pks(sqs.models(Story).filter(content="ferry")) == [2]

    def test_boost_lifts_without_narrowing(self, sqs):
        plain = sqs.models(Story).filter(content="talks")
        assert set(pks(plain)) == {1, 2}
        assert pks(plain.boost("harbour", 50.0))[0] == 2
        assert pks(plain.boost("geneva", 50.0))[0] == 1

    def test_scores_descend(self, sqs):
        scores = [result.score for result in sqs.filter(content="nuclear")]
        assert scores == sorted(scores, reverse=True)
        assert scores[-1] > 0

    # --- lookups --------------------------------------------------------------------------------------------

    @pytest.mark.parametrize(
        ("condition", "expected"),
        [
            ({"headline": "ferry"}, {2}),
            ({"headline__exact": "ferry sails"}, {2}),
            ({"headline__exact": "sails ferry"}, set()),
            ({"headline__contains": "erry"}, {2}),
            ({"headline__startswith": "fer"}, {2}),
            ({"headline__endswith": "gain"}, {2}),
            ({"headline__fuzzy": "ferri"}, {2}),
            ({"headline__in": ["ferry sails", "nuclear"]}, {1, 2}),
            ({"desk_exact": "Varra"}, {2, 3}),
            ({"desk_exact": "varra"}, set()),
            ({"desk_exact__exact": GENEVA}, {1}),
            ({"desk_exact__startswith": "Geneva, "}, {1}),
            ({"desk_exact__contains": '"Pal'}, {1}),
            ({"desk_exact__endswith": "رران"}, set()),
            ({"desk_exact__endswith": "ران"}, {4}),
            ({"desk_exact__in": ["Varra", "北京"]}, {2, 3, 5}),
            ({"desk_exact__gte": "Varra", "desk_exact__lt": "Varrb"}, {2, 3}),
            ({"names": "Smith, John"}, {1, 2}),
            ({"names": "Smith"}, set()),
            ({"names": "Smith, Johnson"}, {4}),
            ({"names__exact": 'O\'Neil "Tip"'}, {3}),
            ({"names__in": ["张伟", "تخت روانچی"]}, {4, 5}),
            ({"names__in": []}, set()),
            ({"names__startswith": "Smith, John"}, {1, 2, 4}),
            ({"names__exists": True}, {1, 2, 3, 4, 5}),
            ({"names__exists": False}, {6}),
            ({"codes": "true"}, {3}),
            ({"words": 5}, {4, 5}),
            ({"words": "5"}, {4, 5}),
            ({"words__gt": 80}, {1, 3}),
            ({"words__gte": 80}, {1, 2, 3}),
            ({"words__lt": 5}, {6}),
            ({"words__lte": 5}, {4, 5, 6}),
            ({"words__range": (5, 120)}, {1, 2, 4, 5}),
            ({"words__range": (None, 5)}, {4, 5, 6}),
            ({"words__in": [0, 120]}, {1, 6}),
            ({"weight__lt": 0}, {2}),
            ({"weight": 1.5}, {1}),
            ({"weight__gt": 1e299}, {6}),
            ({"price": Decimal("12.50")}, {1}),
            ({"price__lt": 10}, {2, 6}),
            ({"price__exists": False}, {3, 5}),
            ({"urgent": True}, {1, 4}),
            ({"urgent": False}, {2, 3, 5, 6}),
            ({"printed_on": datetime.date(2019, 7, 10)}, {1}),
            ({"printed_on": "2019-07-10"}, {1}),
            ({"printed_on__lt": datetime.date(2019, 7, 31)}, {1, 6}),
            ({"printed_on__range": (datetime.date(2019, 7, 10), datetime.date(2019, 7, 31))}, {1, 2}),
            ({"printed_on__exists": False}, {5}),
            ({"filed_at": datetime.datetime(2019, 7, 10, 17, 0, tzinfo=datetime.UTC)}, {1}),
            ({"filed_at": datetime.date(2019, 12, 31)}, {3}),
            ({"filed_at__gte": datetime.datetime(2019, 12, 31, 23, 30, tzinfo=datetime.UTC)}, {3, 5}),
            ({"complete": "nuc"}, {1}),
            ({"complete": "NUC tal"}, {1}),
            ({"pk": 3}, {3}),
            ({"pk__in": [1, "2"]}, {1, 2}),
            ({"django_ct": "sample.story", "words": 0}, {6}),
            ({"id": "sample.story.4"}, {4}),
        ],
    )
    def test_lookup_finds(self, sqs, condition, expected):
        assert found(sqs.models(Story).filter(**condition)) == expected

    @pytest.mark.parametrize(
        ("build", "expected"),
        [
            (lambda s: s.filter(content="nuclear", desk_exact="Varra"), {2}),
            (lambda s: s.filter(content="nuclear").filter(desk_exact="Varra"), {2}),
            (lambda s: s.filter(SQ(content="ferry") | SQ(content="geneva")), {1, 2}),
            (lambda s: s.filter(SQ(content="ferry") | SQ(words=300)), {2, 3}),
            (lambda s: s.filter(words=300).filter_or(content="ferry"), {2, 3}),
            (lambda s: s.filter(content="nuclear").exclude(desk_exact="Varra"), {1}),
            (lambda s: s.exclude(content="nuclear"), {3, 4, 5, 6}),
            (lambda s: s.exclude(content="nuclear").exclude(words=5), {3, 6}),
            (lambda s: s.exclude(desk_exact="Varra", content="nuclear"), {1, 3, 4, 5, 6}),
            (lambda s: s.filter(~SQ(content="nuclear") & ~SQ(words=5)), {3, 6}),
            (lambda s: s.filter(~(SQ(content="nuclear") | SQ(words=5))), {3, 6}),
            (lambda s: s.filter(~SQ(content="nuclear") | SQ(content="ferry")), {2, 3, 4, 5, 6}),
            (lambda s: s.filter(SQ(SQ(content="nuclear") | SQ(words=5), urgent=True)), {1, 4}),
            (lambda s: s.filter((SQ(words=5) | SQ(words=0)) & (SQ(urgent=True) | SQ(codes="PA"))), {4, 5}),
            (lambda s: s.filter(words=5).exclude(SQ(urgent=True) & SQ(codes="PA")), {4, 5}),
            (lambda s: s.filter(words=5) & s.filter(urgent=True), {4}),
            (lambda s: s.filter(words=5) | s.filter(content="ferry"), {2, 4, 5}),
            (lambda s: s.filter(~~SQ(content="nuclear")), {1, 2}),
            (lambda s: s.filter(content="nuclear").none(), set()),
            (lambda s: s.all(), ALL),
            (lambda s: s.auto_query("nuclear -ferry"), {1}),
            (lambda s: s.autocomplete(complete="nucl tal"), {1}),
        ],
    )
    def test_conditions_combine(self, sqs, build, expected):
        assert found(build(sqs.models(Story))) == expected

    def test_models_keep_other_kinds_out(self, sqs):
        nuclear = sqs.filter(content="nuclear")
        assert {(r.model_name, int(r.pk)) for r in nuclear} == {("story", 1), ("story", 2), ("memo", 1)}
        assert [r.model_name for r in nuclear.models(Memo)] == ["memo"]
        assert found(nuclear.models(Story)) == {1, 2}
        assert nuclear.models(Story, Memo).count() == 3

    # --- rows -----------------------------------------------------------------------------------------------

    @pytest.mark.parametrize(
        ("start", "end"), [(5, 12), (0, 7), (7, 14), (48, 60), (0, 1), (49, 50), (50, 60)]
    )
    def test_slice_gives_exactly_its_rows(self, many, start, end):
        ordered = many.order_by("weight")
        assert pks(ordered[start:end]) == list(range(1, 51))[start:end]

    def test_open_slices_and_single_rows(self, many):
        ordered = many.order_by("weight")
        assert pks(ordered[45:]) == [46, 47, 48, 49, 50]
        assert pks(ordered[:3]) == [1, 2, 3]
        assert int(ordered[4].pk) == 5
        assert int(ordered.best_match().pk) == 1
        assert int(ordered.latest("weight").pk) == 50

    def test_limited_slice_does_not_limit_the_next(self, many):
        ordered = many.order_by("weight")
        assert pks(ordered[0:3]) == [1, 2, 3]
        assert pks(ordered[10:12]) == [11, 12]
        assert pks(ordered[45:]) == [46, 47, 48, 49, 50]

    def test_iteration_neither_repeats_nor_loses(self, many):
        assert sorted(pks(many.filter(content="same"))) == list(range(1, 51))
        pages = [pks(many.order_by("words")[at : at + 7]) for at in range(0, 56, 7)]
        assert sorted(pk for page in pages for pk in page) == list(range(1, 51))

    def test_count_agrees_with_rows(self, many):
        some = many.filter(words=3)
        assert some.count() == len(some) == len(list(some)) == 7
        assert many.filter(content="absent").count() == 0
        assert list(many.filter(content="absent")) == []
        assert many.filter(content="absent")[0:5] == []

    @pytest.mark.parametrize(
        ("order", "key"),
        [
            (("words", "-weight"), lambda pk: (pk % 7, -pk)),
            (("-words", "weight"), lambda pk: (-(pk % 7), pk)),
            (("desk", "-words", "-weight"), lambda pk: (pk % 3, -(pk % 7), -pk)),
            (("-desk", "words", "weight"), lambda pk: (-(pk % 3), pk % 7, pk)),
        ],
    )
    def test_mixed_directions_sort(self, many, order, key):
        assert pks(many.order_by(*order)) == sorted(range(1, 51), key=key)

    def test_order_by_date_puts_missing_dates_last(self, sqs):
        stories = sqs.models(Story)
        assert pks(stories.order_by("printed_on")) == [6, 1, 2, 3, 4, 5]
        assert pks(stories.order_by("-printed_on"))[:5] == [4, 3, 2, 1, 6]

    def test_values_and_values_list(self, sqs):
        some = sqs.models(Story).filter(words__gt=80).order_by("words")
        assert some.values_list("words", flat=True)[:] == [120, 300]
        assert some.values("words", "desk")[0] == {"words": 120, "desk": GENEVA}
        assert [tuple(row) for row in some.values_list("pk", "urgent")] == [("1", True), ("3", False)]

    def test_keys_alone_agree_with_whole_rows(self, many):
        some = many.filter(words=3).order_by("weight")
        assert some.values_list("pk", flat=True)[:] == [row.pk for row in some[:]]
        assert some.values("id")[0] == {"id": some[0].id}

    def test_load_all_fetches_objects_in_one_query(self, sqs, django_assert_num_queries):
        with django_assert_num_queries(1):
            objects = [r.object for r in sqs.models(Story).filter(content="nuclear").load_all()[0:10]]
        assert [o.pk for o in objects] == [1, 2]

    def test_load_all_queryset_is_used(self, sqs):
        related = RelatedSearchQuerySet(using=ALIAS).models(Story).filter(content="nuclear").load_all()
        rows = related.load_all_queryset(Story, Story.objects.filter(pk=2))[0:10]
        assert [r.object.pk for r in rows if r is not None] == [2]

    def test_result_class_is_used(self, sqs):
        class Own(SearchResult):
            pass

        assert type(sqs.filter(content="ferry").result_class(Own)[0]) is Own
        usual = sqs.filter(content="ferry").result_class(Own).result_class(None)[0]
        assert isinstance(usual, SearchResult)
        assert not isinstance(usual, Own)

    def test_querysets_and_results_pickle(self, sqs):
        ferry = sqs.filter(content="ferry")
        again = pickle.loads(pickle.dumps(ferry))
        assert pks(again) == [2]
        assert pickle.loads(pickle.dumps(ferry[0])).headline == "Ferry sails again"

    def test_querysets_are_lazy_and_independent(self, sqs):
        base = sqs.models(Story)
        narrowed = base.filter(content="nuclear")
        copied = copy.deepcopy(narrowed.query)
        assert base.count() == 6
        assert narrowed.filter(words=80).count() == 1
        assert narrowed.count() == 2
        assert str(copied)

    # --- stored values --------------------------------------------------------------------------------------

    def test_stored_values_keep_their_types(self, sqs):
        row = sqs.filter(id="sample.story.1")[0]
        assert (row.words, row.weight, row.urgent) == (120, 1.5, True)
        assert row.names == ["Smith, John", "Takht Ravanchi"]
        assert row.desk == GENEVA == row.note
        assert row.price == "12.50"
        assert row.printed_on == datetime.date(2019, 7, 10)
        assert row.filed_at == datetime.datetime(2019, 7, 10, 17, 0, tzinfo=datetime.UTC)
        assert type(row.printed_on) is datetime.date
        assert type(row.urgent) is bool

    def test_text_that_looks_like_another_type_stays_text(self, sqs):
        row = sqs.filter(id="sample.story.6")[0]
        assert row.desk == '{"a": 1}'
        assert row.codes == ["2019-07-10T00:00:00"]
        assert sqs.filter(id="sample.story.3")[0].names == ['O\'Neil "Tip"', "true"]

    def test_missing_values_come_back_missing(self, sqs):
        row = sqs.filter(id="sample.story.5")[0]
        assert (row.price, row.printed_on, row.names) == (None, None, ["张伟"])
        assert sqs.filter(id="sample.story.6")[0].names == []

    # --- narrowing ------------------------------------------------------------------------------------------

    @pytest.mark.parametrize(
        ("narrow", "expected"),
        [
            ('names:"Smith, John"', {1, 2}),
            ('names:"O\'Neil "Tip""', {3}),
            (f'desk_exact:"{GENEVA}"', {1}),
            ('desk:"Varra"', {2, 3}),
            ('names:"تخت روانچی"', {4}),
            ('words:"5"', {4, 5}),
            ('urgent:"true"', {1, 4}),
            ('printed_on:"2019-07-10"', {1}),
            ('codes:"2019-07-10T00:00:00"', {6}),
            ('desk:"*"', set()),
            ('desk:"Varra" OR id:"sample.story.1"', set()),
            ('headline:"ferry"', {2}),
        ],
    )
    def test_narrow_takes_one_exact_value(self, sqs, narrow, expected):
        assert found(sqs.models(Story).narrow(narrow)) == expected

    @pytest.mark.parametrize(
        "narrow",
        [
            "",
            "*",
            "id:*",
            "*:*",
            "Varra",
            "desk:Varra",
            'desk:"Varra',
            'desk "Varra"',
            'a b:"c"',
            ':"x"',
            "text:[a TO z]",
        ],
    )
    def test_narrow_refuses_every_other_form(self, sqs, narrow):
        with pytest.raises(errors.InvalidNarrow):
            list(sqs.narrow(narrow))

    def test_narrow_by_condition(self, sqs):
        assert found(sqs.narrow(SQ(desk="Varra")).filter(content="nuclear")) == {2}
        with pytest.raises(errors.QueryRefused):
            list(sqs.narrow(SQ(words__gt=3)))

    def test_several_narrows_narrow_further(self, sqs):
        assert found(sqs.narrow('names:"Smith, John"').narrow('codes:"PA"')) == {1}

    @pytest.mark.parametrize("value", [Raw("id:*"), AltParser("dismax", "nuclear")])
    def test_engine_syntax_is_refused(self, sqs, value):
        with pytest.raises(errors.RawQueryRefused):
            list(sqs.filter(content=value))
        with pytest.raises(errors.RawQueryRefused):
            list(sqs.raw_search("id:*"))

    @pytest.mark.parametrize(
        "text",
        [
            "id:*",
            "*",
            "*:*",
            "text:nuclear OR id:*",
            "NOT ferry",
            "nuclear OR ferry",
            "[a TO z]",
            "nuclear^100",
            "(",
            '"',
        ],
    )
    def test_text_of_a_reader_is_never_syntax(self, sqs, text):
        assert sqs.models(Story).filter(content=text).count() <= 1
        assert sqs.models(Story).filter(names=text).count() == 0
        assert sqs.models(Story).filter(desk_exact__startswith=text).count() == 0

    @pytest.mark.parametrize(
        ("condition", "error"),
        [
            ({"nowhere": "x"}, errors.UnknownField),
            ({"words": "many"}, errors.UnsupportedLookup),
            ({"words__startswith": "1"}, errors.UnsupportedLookup),
            ({"words__range": 5}, errors.UnsupportedLookup),
            ({"printed_on": "yesterday"}, errors.UnsupportedLookup),
            ({"headline__gt": "a"}, errors.UnsupportedLookup),
            ({"names": Near("a", "b")}, errors.UnsupportedLookup),
            ({"note": "kept only"}, errors.UnsupportedLookup),
        ],
    )
    def test_impossible_conditions_are_refused(self, sqs, condition, error):
        with pytest.raises(error):
            list(sqs.filter(**condition))

    # --- facets ---------------------------------------------------------------------------------------------

    def test_facets_are_whole_values_with_exact_counts(self, sqs):
        counts = sqs.models(Story).facet("names").facet("desk").facet("codes").facet_counts()["fields"]
        assert counts["names"][0] == ("Smith, John", 2)
        assert sorted(counts["names"][1:]) == [
            ('O\'Neil "Tip"', 1),
            ("Smith, Johnson", 1),
            ("Takht Ravanchi", 1),
            ("true", 1),
            ("تخت روانچی", 1),
            ("张伟", 1),
        ]
        assert counts["desk"][0] == ("Varra", 2)
        assert (GENEVA, 1) in counts["desk"]
        assert counts["codes"] == [("PA", 3), ("NA", 2), ("2019-07-10T00:00:00", 1), ("true", 1)]

    def test_facets_count_within_the_result(self, sqs):
        counts = sqs.filter(content="nuclear").facet("names").facet_counts()["fields"]["names"]
        assert counts == [("Smith, John", 2), ("Takht Ravanchi", 1)]
        assert sqs.filter(content="absent").facet("names").facet_counts()["fields"]["names"] == []

    def test_every_facet_value_can_be_narrowed_to(self, sqs):
        stories = sqs.models(Story)
        for field in ("names", "desk", "codes", "words", "urgent", "printed_on"):
            counts = stories.facet(field).facet_counts()["fields"][field]
            assert counts
            for value, count in counts:
                text = str(value).lower() if isinstance(value, bool) else value
                assert stories.narrow(f'{field}:"{text}"').count() == count, (field, value)

    def test_facets_of_numbers_and_truths_are_typed(self, sqs):
        counts = sqs.models(Story).facet("words").facet("urgent").facet("printed_on").facet_counts()["fields"]
        assert counts["words"] == [(5, 2), (0, 1), (80, 1), (120, 1), (300, 1)]
        assert counts["urgent"] == [(False, 4), (True, 2)]
        assert (datetime.date(1851, 12, 3), 1) in counts["printed_on"]

    @pytest.mark.parametrize(
        ("options", "expected"),
        [
            ({"limit": 1}, [("PA", 3)]),
            ({"size": 2}, [("PA", 3), ("NA", 2)]),
            ({"mincount": 2}, [("PA", 3), ("NA", 2)]),
            ({"sort": "index", "mincount": 2}, [("NA", 2), ("PA", 3)]),
            ({"prefix": "P"}, [("PA", 3)]),
        ],
    )
    def test_facet_options(self, sqs, options, expected):
        assert sqs.models(Story).facet("codes", **options).facet_counts()["fields"]["codes"] == expected

    def test_impossible_facets_are_refused(self, sqs):
        for build in (
            lambda: sqs.facet("headline"),
            lambda: sqs.facet("nowhere"),
            lambda: sqs.facet("codes", speed="high"),
            lambda: sqs.date_facet("words", None, None, "year"),
            lambda: sqs.date_facet("printed_on", None, None, "hour"),
        ):
            with pytest.raises(errors.QueryRefused):
                build().facet_counts()

    @pytest.mark.parametrize(
        ("gap", "amount", "expected"),
        [
            ("year", 1, [((2019, 1, 1), 2), ((2020, 1, 1), 2)]),
            ("month", 1, [((2019, 7, 1), 2), ((2020, 1, 1), 1), ((2020, 2, 1), 1)]),
            ("day", 1, [((2019, 7, 10), 1), ((2019, 7, 31), 1), ((2020, 1, 1), 1), ((2020, 2, 29), 1)]),
            ("month", 6, [((2019, 7, 1), 2), ((2020, 1, 1), 2)]),
        ],
    )
    def test_date_facets_are_dates_and_counts_in_order(self, sqs, gap, amount, expected):
        start, end = datetime.date(2019, 1, 1), datetime.date(2021, 1, 1)
        counts = sqs.models(Story).date_facet("printed_on", start, end, gap, amount).facet_counts()
        assert counts["dates"]["printed_on"] == [(datetime.date(*day), count) for day, count in expected]

    def test_date_facets_count_within_the_result(self, sqs):
        start, end = datetime.date(2019, 1, 1), datetime.date(2021, 1, 1)
        counts = sqs.filter(content="ferry").date_facet("printed_on", start, end, "month").facet_counts()
        assert counts["dates"]["printed_on"] == [(datetime.date(2019, 7, 1), 1)]

    def test_query_facets_count_conditions(self, sqs):
        stories = sqs.models(Story).query_facet("words", "[5 TO 120]").query_facet("names", "Smith*")
        stories = stories.query_facet("desk", "Varra").query_facet("words", SQ(content="nuclear"))
        counts = stories.facet_counts()["queries"]
        assert list(counts.values()) == [4, 3, 2, 2]

    def test_rows_and_facets_come_from_one_query(self, sqs):
        nuclear = sqs.filter(content="nuclear").facet("names")
        rows = nuclear[0:1]
        assert len(rows) == 1
        assert nuclear.facet_counts()["fields"]["names"][0] == ("Smith, John", 2)
        assert nuclear.count() == 3

    # --- marking, similar documents, spelling ---------------------------------------------------------------

    @pytest.mark.parametrize(
        ("value", "expected"),
        [
            ("negotiator", "<mark>Negotiators</mark>"),
            (Phrase("nuclear talks"), "<mark>Nuclear talks</mark>"),
            ("election", "<mark>Élection</mark>"),
            (Prefix("negot"), "<mark>Negotiators</mark>"),
            ("北京", "<mark>北京</mark>"),
            ("sons", "&lt;b&gt;bold&lt;/b&gt; &amp; <mark>sons</mark>"),
        ],
    )
    def test_highlight_marks_hits_in_safe_text(self, sqs, value, expected):
        row = sqs.models(Story).filter(content=value).highlight()[0]
        (passage,) = row.highlighted["text"]
        assert expected in passage
        assert "<b>" not in passage

    def test_more_like_this_shares_words_and_leaves_itself_out(self, sqs, backend):
        assert pks(sqs.models(Story).more_like_this(story(1)))[0] == 2
        assert 1 not in pks(sqs.models(Story).more_like_this(story(1)))
        assert pks(sqs.models(Story).filter(desk_exact="北京").more_like_this(story(1))) == []
        assert list(sqs.more_like_this(story(999))) == []

    @pytest.mark.parametrize(
        ("asked", "expected"),
        [
            ("nuclaer", "Nuclear"),
            ("negotiatrs", "Negotiators"),
            ("muclear", "Nuclear"),
            ("engotiators", "Negotiators"),
            ("nuclear tlaks ravanchy", "nuclear talks Ravanchi"),
            ("nuclear", None),
            ("zzzzzzzz", None),
        ],
    )
    def test_spelling_suggests_words_of_the_archive_when_nothing_is_found(self, sqs, asked, expected):
        suggestion = sqs.filter(content=asked).spelling_suggestion()
        assert (suggestion and suggestion.lower()) == (expected and expected.lower())

    def test_spelling_of_a_preferred_query(self, sqs):
        assert sqs.filter(content="absent").spelling_suggestion("nuclaer").lower() == "nuclear"

    # --- limits ---------------------------------------------------------------------------------------------

    @pytest.mark.parametrize(
        ("value", "error"),
        [
            ("x" * 60_000, errors.QueryTooLong),
            (" ".join(f"w{n}" for n in range(1_000)), errors.QueryTooLong),
            (Phrase("a " * 40_000), errors.QueryTooLong),
            (Prefix("a"), errors.QueryTooCostly),
            (Wildcard("*"), errors.QueryTooCostly),
            (Wildcard("*a*"), errors.QueryTooCostly),
            (Fuzzy("nuclear", 5), errors.QueryTooCostly),
        ],
    )
    def test_costly_text_is_refused_with_a_sentence(self, sqs, value, error):
        with pytest.raises(error) as caught:
            list(sqs.filter(content=value))
        assert str(caught.value).endswith(".")

    def test_deep_conditions_are_refused(self, sqs):
        deep = SQ(content="x")
        for _ in range(500):
            deep = ~SQ(deep)
        with pytest.raises(errors.QueryTooCostly):
            sqs.filter(deep)

    @pytest.mark.parametrize(
        "text", ["\0", "nuclear\0talks", "\ud800", "x\udfff y", "\u202e", "🚢" * 50, "a" * 9_000]
    )
    def test_odd_text_finds_nothing_and_breaks_nothing(self, sqs, text):
        for condition in ({"content": text}, {"names": text}, {"desk_exact__startswith": text}):
            assert sqs.models(Story).filter(**condition).count() in (0, 1)

    @pytest.mark.parametrize(
        "text", ["", "word " * 100_000, "\0\ud800\U0010ffff", "a" * 100_000, "" * 3, "🚢 ferry"]
    )
    def test_odd_documents_are_indexed(self, sqs, backend, text):
        report = backend.update(self.story_index, [story(9, headline=text[:200], body=text)])
        assert (report.indexed, report.failed) == (1, [])
        assert sqs.filter(id="sample.story.9").count() == 1

    # --- writing --------------------------------------------------------------------------------------------

    def test_update_replaces_the_older_copy(self, sqs, backend):
        backend.update(self.story_index, [story(2, headline="Tram stops")])
        assert found(sqs.filter(content="ferry")) == set()
        assert found(sqs.filter(content="tram")) == {2}
        assert sqs.models(Story).count() == 6

    def test_same_object_twice_in_one_batch_is_kept_once(self, sqs, backend):
        backend.update(self.story_index, [story(7, headline="first"), story(7, headline="second")])
        assert found(sqs.filter(content="first")) == set()
        assert found(sqs.filter(content="second")) == {7}
        assert sqs.filter(id="sample.story.7").count() == 1

    def test_remove_by_object_and_by_identifier(self, sqs, backend):
        backend.remove(story(1))
        backend.remove("sample.story.2")
        assert found(sqs) == ALL - {1, 2}
        assert sqs.facet("names").facet_counts()["fields"]["names"][-1][1] == 1

    def test_update_and_removal_in_one_step(self, sqs, backend):
        report = backend.update(self.story_index, [story(7, headline="new")], removed=["sample.story.1"])
        assert (report.indexed, report.removed) == (1, 1)
        assert found(sqs) == (ALL - {1}) | {7}

    def test_clear_of_one_model_and_of_all(self, sqs, backend):
        backend.clear(models=[Story])
        assert (sqs.models(Story).count(), sqs.models(Memo).count()) == (0, 2)
        backend.clear()
        assert sqs.count() == 0

    def test_update_of_nothing_changes_nothing(self, sqs, backend):
        assert backend.update(self.story_index, []).indexed == 0
        assert sqs.models(Story).count() == 6

    def test_failing_document_is_named_and_touches_no_neighbour(self, sqs, backend):
        batch = [
            story(2, headline="Tram stops"),
            story(3, headline="explode"),
            story(8, headline="Bus"),
            story(9),
        ]
        batch[3].words = 2**70
        report = backend.update(self.story_index, batch)
        assert report.indexed == 2
        assert [identifier for identifier, _ in report.failed] == ["sample.story.3", "sample.story.9"]
        assert "cannot be prepared" in report.failed[0][1]
        assert found(sqs.filter(content="election")) == {3}
        assert found(sqs.filter(content="bus")) == {8}
        assert found(sqs.filter(content="explode")) == set()

    def test_rebuild_brings_exactly_what_the_database_has(self, sqs, backend):
        backend.update(self.story_index, [story(99, headline="ghost")])
        Story.objects.filter(pk=1).delete()
        report = backend.rebuild()
        assert (report.indexed, report.failed) == (7, [])
        assert found(sqs) == ALL - {1}

    def test_document_count_and_versions(self, sqs, backend):
        assert backend.document_count() == 8
        assert backend.versions(Story, "words") == {1: 120, 2: 80, 3: 300, 4: 5, 5: 5, 6: 0}

    def test_searches_of_many_threads_agree(self, sqs):
        answers, failures = [], []

        def search():
            try:
                for _ in range(20):
                    rows = SearchQuerySet(using=ALIAS).filter(content="nuclear").facet("names")
                    answers.append((found(rows), tuple(rows.facet_counts()["fields"]["names"])))
            except Exception as error:
                failures.append(error)

        threads = [threading.Thread(target=search) for _ in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert not failures
        assert len(answers) == 120
        assert set(map(repr, answers)) == {repr(answers[0])}
