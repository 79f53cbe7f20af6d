"""What Haystack 3.4.0 with Whoosh 2.7.5 does wrong, and ours does not: one test a defect, named after it."""

import datetime
import logging
import threading
import time
from contextlib import suppress

import pytest
from haystack import connections
from haystack.query import SearchQuerySet
from haystack.utils.loading import UnifiedIndex

from archive.search.engines.whoosh.searchquery import SharedUnifiedIndex
from archive.search.errors import IndexLocked, InvalidNarrow, RawQueryRefused

from .sample.engine import ALIAS, WhooshSampleEngine, found, pks
from .sample.models import Story
from .sample.search_indexes import MemoIndex, StoryIndex
from .sample.stories import GENEVA, story


def in_thread(work):
    """Run `work` in another thread and return what it returned or raised."""
    answers = []

    def run():
        try:
            answers.append(work())
        except Exception as error:
            answers.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    return answers[0]


class TestUpstreamDefects(WhooshSampleEngine):
    def test_facets_of_text_fields_are_stemmed_tokens(self, sqs):
        counts = sqs.models(Story).facet("desk").facet_counts()["fields"]["desk"]
        assert dict(counts)[GENEVA] == 1
        assert not {"geneva", "palai", "varra"} & set(dict(counts))

    def test_drill_down_matches_stems(self, sqs, backend):
        backend.update(self.story_index, [story(7, desk="Sanctions"), story(8, desk="Sanction")])
        assert found(sqs.narrow('desk:"Sanction"')) == {8}

    def test_comma_splits_a_multi_value(self, sqs):
        assert sqs.filter(id="sample.story.1")[0].names == ["Smith, John", "Takht Ravanchi"]
        assert ("Smith, John", 2) in sqs.facet("names").facet_counts()["fields"]["names"]

    def test_quoted_exact_on_a_multi_value_field_raises_query_error(self, sqs):
        assert found(sqs.filter(names__exact='O\'Neil "Tip"')) == {3}
        assert found(sqs.narrow('names:"O\'Neil "Tip""')) == {3}

    def test_slice_5_to_12_gives_rows_0_to_6(self, many):
        assert pks(many.order_by("weight")[5:12]) == [6, 7, 8, 9, 10, 11, 12]

    def test_mixed_sort_directions_raise(self, many):
        assert pks(many.order_by("words", "-weight")[:3]) == [49, 42, 35]

    def test_no_hits_no_spelling_suggestion(self, sqs):
        assert sqs.filter(content="nuclaer").spelling_suggestion() == "Nuclear"

    def test_no_hits_no_facets(self, sqs):
        counts = sqs.filter(content="absent").facet("names").facet_counts()
        assert counts == {"fields": {"names": []}, "dates": {}, "queries": {}}

    def test_spelling_costs_with_hits_too(self, sqs, monkeypatch):
        def costly(*_args):
            pytest.fail("spelling was looked up although there were hits")

        monkeypatch.setattr("archive.search.engines.whoosh.backend.suggest", costly)
        assert sqs.filter(content="nuclear").spelling_suggestion() is None

    def test_date_facets_come_as_tuples_of_a_period(self, sqs):
        start, end = datetime.date(2019, 1, 1), datetime.date(2020, 1, 1)
        counts = sqs.date_facet("printed_on", start, end, "month").facet_counts()["dates"]["printed_on"]
        assert counts == [(datetime.date(2019, 7, 1), 2)]

    def test_failing_document_leaves_its_words_to_the_next(self, sqs, backend):
        bad = story(8, headline="poisonous", body="poisonous")
        bad.words = 2**70
        backend.update(self.story_index, [story(7, headline="before"), bad, story(9, headline="after")])
        assert found(sqs.filter(content="poisonous")) == set()
        assert found(sqs.filter(content="after")) == {9}

    def test_failing_document_loses_its_older_version(self, sqs, backend):
        bad = story(3, headline="worse")
        bad.words = 2**70
        report = backend.update(self.story_index, [bad])
        assert [name for name, _ in report.failed] == ["sample.story.3"]
        assert found(sqs.filter(content="election")) == {3}

    def test_delete_under_a_lock_is_logged_and_dropped(self, sqs, backend):
        backend.store.lock_timeout_seconds = 0.1
        with backend.writing():
            outcome = in_thread(lambda: backend.remove("sample.story.1"))
        assert isinstance(outcome, IndexLocked)
        assert found(sqs.models(Story).filter(content="geneva")) == {1}
        backend.remove("sample.story.1")
        assert found(sqs.models(Story).filter(content="geneva")) == set()

    def test_update_of_nothing_keeps_the_lock(self, sqs, backend):
        backend.update(self.story_index, [])
        assert in_thread(lambda: backend.update(self.story_index, [story(7)])).indexed == 1

    def test_update_under_a_lock_waits_without_limit(self, sqs, backend):
        backend.store.lock_timeout_seconds = 0.1
        started = time.monotonic()
        with backend.writing():
            outcome = in_thread(lambda: backend.update(self.story_index, [story(7)]))
        assert isinstance(outcome, IndexLocked)
        assert time.monotonic() - started < 300

    def test_rebuild_under_readers_answers_empty_or_raises(self, sqs, backend):
        wrong, stop = [], threading.Event()

        def search():
            while not stop.is_set():
                try:
                    if SearchQuerySet(using=ALIAS).filter(content="nuclear").models(Story).count() != 2:
                        wrong.append("empty")
                except Exception as error:
                    wrong.append(repr(error))

        threads = [threading.Thread(target=search) for _ in range(4)]
        for thread in threads:
            thread.start()
        try:
            for _ in range(3):
                assert backend.rebuild().indexed == 8
        finally:
            stop.set()
            for thread in threads:
                thread.join()
        assert wrong == []

    def test_unified_index_is_built_by_every_thread_and_races(self, backend):
        engines = [connections[ALIAS], in_thread(lambda: connections[ALIAS])]
        assert engines[0] is not engines[1]
        assert engines[0].get_unified_index() is engines[1].get_unified_index()

    def test_unified_index_shows_half_built_lists(self):
        shared = SharedUnifiedIndex()
        shared.build([StoryIndex(), MemoIndex()])
        fields = set(shared.all_searchfields())
        missing, stop = [], threading.Event()

        def look():
            while not stop.is_set():
                missing.extend(fields - set(shared.all_searchfields()))

        thread = threading.Thread(target=look)
        thread.start()
        for _ in range(50):
            shared.build([StoryIndex(), MemoIndex()])
        stop.set()
        thread.join()
        assert not missing
        assert isinstance(shared, UnifiedIndex)

    def test_reader_text_in_raw_or_narrow_returns_everything(self, sqs):
        with pytest.raises(RawQueryRefused):
            list(sqs.raw_search("id:*"))
        with pytest.raises(InvalidNarrow):
            list(sqs.narrow("id:*"))
        assert sqs.filter(content="id:*").models(Story).count() == 1  # the story that has these very letters

    def test_election_misses_accented_election(self, sqs):
        assert found(sqs.filter(headline="election")) == {3}
        assert found(sqs.filter(headline="ÉLECTION")) == {3}

    def test_no_hits_for_chinese(self, sqs):
        assert found(sqs.filter(content="北京")) == {5}

    def test_phrase_hits_are_marked_word_by_word(self, sqs):
        from archive.search.inputs import Phrase

        (passage,) = (
            sqs.models(Story).filter(content=Phrase("nuclear talks")).highlight()[0].highlighted["text"]
        )
        assert "<mark>Nuclear talks</mark>" in passage
        assert passage.count("<mark>") == 1

    def test_highlighting_emits_raw_markup(self, sqs, backend):
        backend.update(self.story_index, [story(7, body="a <script>alert(1)</script> <img src=x ferryboat")])
        (passage,) = sqs.filter(content="ferryboat").highlight()[0].highlighted["text"]
        assert "&lt;script&gt;" in passage
        assert passage.count("<") == 2  # the mark itself

    def test_stored_text_is_converted_as_if_evaluated(self, sqs):
        rows = {int(row.pk): row for row in sqs.models(Story)}
        assert rows[6].desk == '{"a": 1}'
        assert rows[3].codes == ["true", "PA"]
        assert rows[6].codes == ["2019-07-10T00:00:00"]

    def test_failures_are_swallowed_silently(self, sqs, backend, caplog):
        backend.silently_fail = True
        bad = story(7)
        bad.words = 2**70
        with caplog.at_level(logging.ERROR):
            report = backend.update(self.story_index, [bad])
        assert report.failed
        assert "sample.story.7 could not be indexed" in caplog.text

    def test_counting_fetches_every_row(self, many, backend, monkeypatch):
        def fetch(*_args, **_kwargs):
            pytest.fail("a row was fetched to count")

        monkeypatch.setattr("archive.search.engines.whoosh.snapshot.Snapshot.stored", fetch)
        assert many.filter(content="same").count() == 50
        assert many.facet("words").facet_counts()["fields"]["words"][0] == (1, 8)

    def test_signal_of_a_killed_merge_keeps_the_index_locked(self, sqs, backend):
        with suppress(KeyboardInterrupt), backend.store.writing(backend.layout.fingerprint) as writer:
            writer.delete_by_term("id", "sample.story.1")
            raise KeyboardInterrupt
        assert found(sqs) == {1, 2, 3, 4, 5, 6}
        assert backend.update(self.story_index, [story(7)]).indexed == 1
