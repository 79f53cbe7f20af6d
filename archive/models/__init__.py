"""What the archive keeps. Imports no other room."""

from archive.models.articles import Article, Credit, FormerAddress, Original, Source
from archive.models.batches import Batch, BatchFile, BatchItem
from archive.models.bylines import BylineCode, Contributor
from archive.models.names import Alias, Entity, Mention
from archive.models.outbox import IndexTask

Revision = Article.revisions.model

__all__ = [
    "Alias",
    "Article",
    "Batch",
    "BatchFile",
    "BatchItem",
    "BylineCode",
    "Contributor",
    "Credit",
    "Entity",
    "FormerAddress",
    "IndexTask",
    "Mention",
    "Original",
    "Revision",
    "Source",
]
