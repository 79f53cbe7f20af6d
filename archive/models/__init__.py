"""What the archive keeps. Imports no other room."""

from archive.models.articles import Article, Credit, FormerAddress, Original, Source
from archive.models.batches import Batch, BatchArticle, BatchFile, BatchItem, BatchReject
from archive.models.bylines import BylineCode, Contributor
from archive.models.candidates import Candidate, CasingCounts, ReadingTask, Sighting, Unproposed
from archive.models.closings import Closing
from archive.models.corrections import Correction
from archive.models.dates import DateDoubt
from archive.models.families import Apart, Band, Family, FamilyMember, Passage, Signature
from archive.models.names import Alias, Entity, Mention, Merge, NameEvent, Verdict
from archive.models.outbox import IndexTask
from archive.models.quotes import Quote
from archive.models.readers import SavedSearch, SearchLogEntry

Revision = Article.revisions.model

__all__ = [
    "Alias",
    "Apart",
    "Article",
    "Band",
    "Batch",
    "BatchArticle",
    "BatchFile",
    "BatchItem",
    "BatchReject",
    "BylineCode",
    "Candidate",
    "CasingCounts",
    "Closing",
    "Contributor",
    "Correction",
    "Credit",
    "DateDoubt",
    "Entity",
    "Family",
    "FamilyMember",
    "FormerAddress",
    "IndexTask",
    "Mention",
    "Merge",
    "NameEvent",
    "Original",
    "Passage",
    "Quote",
    "ReadingTask",
    "Revision",
    "SavedSearch",
    "SearchLogEntry",
    "Sighting",
    "Signature",
    "Source",
    "Unproposed",
    "Verdict",
]
