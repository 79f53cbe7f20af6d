"""A corpus from the Reuters-21578 collection: every story once, then whole sentences resampled."""

import re
import tarfile
from collections import defaultdict
from functools import cached_property
from html import unescape
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np

from .corpus import BODY_WORDS, SEED, draw_metadata
from .shapes import Article

STORY: Final = re.compile(r"<REUTERS.*?</REUTERS>", re.S)
SENTENCE_END: Final = re.compile(r'(?<=[a-z0-9"]\.)\s+(?=[A-Z"])')
SENTENCE_WORDS: Final = range(4, 81)
FEWEST_STORIES: Final = 60


class Story(NamedTuple):
    """One story of the collection that has a body."""

    topic: str
    title: str
    place: str
    body: str


class ReutersCorpus:
    """Real stories first, in the collection's order; dates, names and codes are drawn as for generated articles."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.label = f"{path.name}, every story once, the rest sentences resampled within a topic"

    @cached_property
    def stories(self) -> list[Story]:
        """Read the collection once."""
        with tarfile.open(self.path) as archive:
            members = sorted((m for m in archive.getmembers() if m.isfile()), key=lambda m: m.name)
            texts = [archive.extractfile(member).read().decode("latin-1") for member in members]
        found = (_read_story(block) for text in texts for block in STORY.findall(text))
        return [story for story in found if story]

    @cached_property
    def topics(self) -> list[tuple[list[Story], list[str]]]:
        """Group stories, with their sentences, by first topic; small topics share one group."""
        groups = defaultdict(list)
        for story in self.stories:
            groups[story.topic].append(story)
        large = [group for _, group in sorted(groups.items()) if len(group) >= FEWEST_STORIES]
        small = [
            story for _, group in sorted(groups.items()) if len(group) < FEWEST_STORIES for story in group
        ]
        return [(group, _sentences(group)) for group in [*large, small] if _sentences(group)]

    def article(self, number: int) -> Article:
        """Return article `number`, counted from 1."""
        rng = np.random.default_rng((SEED, number))
        metadata = draw_metadata(rng)
        story = self.stories[number - 1] if number <= len(self.stories) else self._mix(rng)
        text = f"{story.title}\n{story.place} - {story.body}"
        return Article(number=number, title=story.title, text=text, **metadata)

    def _mix(self, rng: np.random.Generator) -> Story:
        sizes = np.array([len(stories) for stories, _ in self.topics])
        stories, sentences = self.topics[int(rng.choice(len(sizes), p=sizes / sizes.sum()))]
        wanted, body, count = int(rng.integers(*BODY_WORDS)), [], 0
        while count < wanted:
            body.append(sentences[int(rng.integers(len(sentences)))])
            count += body[-1].count(" ") + 1
        return stories[int(rng.integers(len(stories)))]._replace(body=" ".join(body))


def _field(block: str, tag: str) -> str:
    found = re.search(f"<{tag}>(.*?)</{tag}>", block, re.S)
    return unescape(re.sub(r"&#\d+;", " ", found[1])).strip() if found else ""


def _read_story(block: str) -> Story | None:
    body = re.sub(r"\s*reuter\s*$", "", _field(block, "BODY"), flags=re.I)
    topic = re.search(r"<TOPICS><D>(.*?)</D>", block)
    return (
        Story(topic[1] if topic else "", _field(block, "TITLE"), _field(block, "DATELINE"), body)
        if body
        else None
    )


def _sentences(stories: list[Story]) -> list[str]:
    pieces = (piece for story in stories for piece in SENTENCE_END.split(" ".join(story.body.split())))
    return [piece for piece in pieces if piece.count(" ") + 1 in SENTENCE_WORDS]
