"""A rebuild shared among processes, through Haystack: the same answers, failures named, the old index serving."""

import os
import signal

import pytest
from haystack import connections
from haystack.query import SearchQuerySet

from archive.search.engines.whoosh import bulk
from archive.search.engines.whoosh.bulk import Bulk
from archive.search.errors import WriteFailed

from .sample.engine import ALIAS, WhooshSampleEngine, found
from .sample.stories import STORIES, story

TIMES = 12


def many_stories():
    """Return the sample stories a dozen times over, each with a number of its own."""
    made = []
    for round_number in range(TIMES):
        for values in STORIES:
            pk = values["pk"] + 100 * round_number
            made.append(story(pk, **{key: value for key, value in values.items() if key != "pk"}))
    return made


def answers():
    """Return what several questions bring, scores and facets included."""
    got = []
    for words in ("nuclear", "talks", "the", "election shop"):
        rows = SearchQuerySet(using=ALIAS).filter(content=words).facet("names").facet("desk")
        hits = [(hit.pk, hit.score, hit.headline) for hit in rows[:500]]
        counts = {name: dict(values) for name, values in rows.facet_counts()["fields"].items()}
        got.append((rows.count(), hits, counts))
    return got


class TestRebuildInProcesses(WhooshSampleEngine):
    @pytest.fixture(autouse=True)
    def small_blocks(self, monkeypatch):
        monkeypatch.setattr(bulk, "BLOCK_DOCUMENTS", 10)

    def set_processes(self, number):
        connections[ALIAS].options["PROCESSES"] = number

    def test_any_number_of_processes_gives_the_same_answers(self, backend):
        got = []
        for number in (1, 2, 3):
            self.set_processes(number)
            report = backend.rebuild(self.story_index, many_stories())
            assert (report.indexed, report.failed) == (TIMES * len(STORIES), [])
            got.append(answers())
        assert got[0][0][0] == TIMES * 2
        assert got[0] == got[1] == got[2]

    @pytest.mark.parametrize("number", [1, 2])
    def test_document_that_fails_in_a_process_is_named(self, backend, number):
        self.set_processes(number)
        stories = many_stories()
        stories[5].words = 2**70
        stories[50].words = 2**70
        report = backend.rebuild(self.story_index, stories)
        names = [f"sample.story.{stories[place].pk}" for place in (5, 50)]
        assert sorted(name for name, _ in report.failed) == sorted(names)
        assert report.indexed == len(stories) - 2 == backend.document_count()
        assert SearchQuerySet(using=ALIAS).filter(id=names[0]).count() == 0

    def test_killed_process_leaves_the_old_index_serving(self, sqs, backend, monkeypatch):
        self.set_processes(2)
        killed = []
        start = Bulk._start

        def start_and_kill(self):
            start(self)
            killed.append(self._workers.all[1].pid)
            os.kill(killed[0], signal.SIGKILL)

        monkeypatch.setattr(Bulk, "_start", start_and_kill)
        before = found(sqs)
        with pytest.raises(WriteFailed, match="ended"):
            backend.rebuild(self.story_index, many_stories())
        assert len(killed) == 1
        assert found(SearchQuerySet(using=ALIAS)) == before
        assert len(list(backend.store.root.glob("g-*"))) == 1
        monkeypatch.undo()
        assert backend.rebuild(self.story_index, many_stories()).failed == []
