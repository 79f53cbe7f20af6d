"""An engine of its own for a test class, over the sample stories."""

import atexit
import os
import shutil
import tempfile
from pathlib import Path
from typing import ClassVar

import pytest
from haystack import connections
from haystack.query import SearchQuerySet

from .search_indexes import MemoIndex, StoryIndex
from .stories import load, story

ALIAS = "sample"
_indexed: list[Path] = []


def pks(results) -> list[int]:
    return [int(result.pk) for result in results]


def found(results) -> set[int]:
    return {int(result.pk) for result in results if result.model_name == "story"}


class SampleEngine:
    """Fixtures over one connection; a subclass gives the engine's class path and its options."""

    engine: ClassVar[str]

    def options(self, tmp_path) -> dict:
        return {}

    def index_sample(self, backend, stories, memos) -> None:
        backend.update(self.story_index, stories)
        backend.update(self.memo_index, memos)

    @pytest.fixture
    def backend(self, db, tmp_path, monkeypatch):
        monkeypatch.setattr(os, "fsync", lambda fd: None)  # no test here cuts the power
        connections.connections_info[ALIAS] = {
            "ENGINE": self.engine,
            "INCLUDE_SPELLING": True,
            **self.options(tmp_path),
        }
        engine = connections.reload(ALIAS)
        self.story_index, self.memo_index = StoryIndex(), MemoIndex()
        engine.get_unified_index().build([self.story_index, self.memo_index])
        backend = engine.get_backend()
        backend.clear()
        yield backend
        engine.get_unified_index().reset()
        del connections.connections_info[ALIAS], connections.thread_local.connections[ALIAS]

    @pytest.fixture
    def sqs(self, backend) -> SearchQuerySet:
        """The sample stories and memos, indexed."""
        stories, memos = load()
        self.index_sample(backend, stories, memos)
        return SearchQuerySet(using=ALIAS)

    @pytest.fixture
    def many(self, backend) -> SearchQuerySet:
        """Fifty stories that differ in their numbers only."""
        stories = [
            story(
                pk,
                headline=f"story {pk}",
                body="same words",
                words=pk % 7,
                weight=pk / 2,
                desk=f"desk {pk % 3}",
            )
            for pk in range(1, 51)
        ]
        backend.update(self.story_index, stories)
        return SearchQuerySet(using=ALIAS)


class WhooshSampleEngine(SampleEngine):
    engine = "archive.search.engines.whoosh.WhooshEngine"

    def options(self, tmp_path) -> dict:
        return {"PATH": str(tmp_path / "index"), "TIMEOUT": 2}

    def index_sample(self, backend, stories, memos) -> None:
        """Index the sample once a process, and copy its folder for every other test."""
        root = backend.store.root
        if _indexed:
            shutil.rmtree(root)
            shutil.copytree(_indexed[0], root)
            return
        super().index_sample(backend, stories, memos)
        _indexed.append(Path(tempfile.mkdtemp(prefix="dateline-sample-")) / "index")
        shutil.copytree(root, _indexed[0])
        atexit.register(shutil.rmtree, _indexed[0].parent, ignore_errors=True)
