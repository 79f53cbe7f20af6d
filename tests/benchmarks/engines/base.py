"""What every engine of the benchmark can do."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar, Final

from ..shapes import Answer, Article, Query

PAGE_SIZE: Final = 20
FACETS: Final = ("names", "codes", "year")


class Engine(ABC):
    """An index in one folder; `open` before searching, and `close` frees what it holds."""

    label: ClassVar[str]
    detail: ClassVar[str]
    # How many index a large corpus
    processes: ClassVar[int] = 1

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @abstractmethod
    def build(self, articles: Sequence[Article]) -> None:
        """Index all articles and leave the index as it would be served."""

    @abstractmethod
    def open(self) -> None:
        """Open the index for searching; a second call sees the latest state."""

    @abstractmethod
    def close(self) -> None:
        """Let go of the index."""

    @abstractmethod
    def search(self, query: Query, *, with_facets: bool) -> Answer:
        """Return the first twenty articles, best (or newest) first, and the exact total."""

    @abstractmethod
    def save(self, article: Article) -> None:
        """Replace or add one article and return when a search finds its new text."""
