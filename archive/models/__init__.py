"""What the archive keeps. Imports no other room."""

from archive.models.articles import Article, Credit, FormerAddress, Original, Source
from archive.models.batches import Batch, BatchFile, BatchItem
from archive.models.bylines import BylineCode, Contributor
from archive.models.candidates import Candidate, CasingCounts, ReadingTask, Sighting
from archive.models.names import Alias, Entity, Mention, Merge, NameEvent, Verdict
from archive.models.outbox import IndexTask
from archive.models.quotes import Quote

Revision = Article.revisions.model

__all__ = [
    "Alias",
    "Article",
    "Batch",
    "BatchFile",
    "BatchItem",
    "BylineCode",
    "Candidate",
    "CasingCounts",
    "Contributor",
    "Credit",
    "Entity",
    "FormerAddress",
    "IndexTask",
    "Mention",
    "Merge",
    "NameEvent",
    "Original",
    "Quote",
    "ReadingTask",
    "Revision",
    "Sighting",
    "Source",
    "Verdict",
]
