"""Model objects -> documents for the writer, all of a batch before the first is written."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from haystack.constants import ID
from haystack.exceptions import SkipDocument
from haystack.utils import get_identifier

from .schema import Layout


@dataclass
class Prepared:
    """Documents by identifier (the last of an object wins), what the index skipped, what failed and why."""

    documents: dict[str, dict[str, Any]] = field(default_factory=dict)
    skipped: list[str] = field(default_factory=list)
    failed: list[tuple[str, str]] = field(default_factory=list)


def prepare(index, layout: Layout, objects: Iterable) -> Prepared:
    """Prepare objects; one that raises is set aside with its reason.

    An object for which the index raises SkipDocument must not be found, so an older copy of it is taken out.
    An index with a method `look_up` is given all objects first, to ask the database for many at once.
    """
    prepared, objects = Prepared(), list(objects)
    if hasattr(index, "look_up"):
        index.look_up(objects)
    for obj in objects:
        identifier = get_identifier(obj)
        try:
            values = layout.document_values(index.full_prepare(obj))
            prepared.documents.pop(identifier, None)
            prepared.documents[values[ID]] = values
        except SkipDocument:
            prepared.skipped.append(identifier)
        except Exception as error:  # whatever a project's prepare_* raises is about this document alone
            prepared.failed.append((identifier, f"{type(error).__name__}: {error}"))
    return prepared


def iter_batches(iterable: Iterable, size: int) -> Iterator[list]:
    """Yield lists of at most `size` items."""
    iterator = iter(iterable)
    while batch := list(islice(iterator, size)):
        yield batch
