"""The first page of the admin: what waits at the desk."""

from typing import NamedTuple

from django.db.models import Exists, OuterRef
from django.urls import reverse

from archive.desk import dates
from archive.desk.corrections import waiting
from archive.models import Article, Batch, BatchItem, BylineCode, Candidate, Credit, IndexTask


class Queue(NamedTuple):
    """Something that may wait for an archivist; `count` None where there is nothing to count."""

    label: str
    count: int | None
    hint: str
    url: str


def queues(user) -> list[Queue]:
    """Return what waits, as far as this account may look at it."""
    return [
        queue
        for permission, build in (
            ("archive.add_article", _upload),
            ("archive.add_article", _uploads),
            ("archive.view_batch", _imports),
            ("archive.view_article", _drafts),
            ("archive.view_article", _warnings),
            ("archive.publish_article", _corrections),
            ("archive.publish_article", _dates),
            ("archive.view_bylinecode", _codes),
            ("archive.add_entity", _candidates),
            ("archive.change_entity", _audit),
            ("archive.view_indextask", _index),
            ("archive.view_searchlogentry", _searches),
        )
        if user.has_perm(permission)
        for queue in [build(user)]
    ]


def unknown_codes():
    """Return the sign-off codes that nobody has registered, as a queryset of credits."""
    registered = BylineCode.objects.filter(code=OuterRef("code"))
    return Credit.objects.filter(~Exists(registered))


def _upload(user) -> Queue:
    return Queue(
        "Upload copy", None, "Files or pasted text, reviewed before anything is kept.", _url("upload")
    )


def _uploads(user) -> Queue:
    waiting = Batch.objects.filter(files__items__state=BatchItem.State.WAITING).distinct()
    if not user.has_perm("archive.publish_article"):
        waiting = waiting.filter(uploaded_by=user)
    return Queue(
        "Uploads under review", waiting.count(), "Staged, not decided yet.", _url("upload") + "#recent"
    )


def _imports(user) -> Queue:
    return Queue("Imports", None, "What came in together, what was skipped, and undoing it.", _url("batches"))


def _drafts(user) -> Queue:
    drafts = Article.objects.filter(status=Article.Status.DRAFT)
    url = _url("archive_article_changelist") + "?status__exact=draft"
    return Queue("Drafts", drafts.count(), "Not seen by readers yet.", url)


def _warnings(user) -> Queue:
    doubtful = Article.objects.exclude(warnings=[]).exclude(status=Article.Status.WITHDRAWN)
    url = _url("archive_article_changelist") + "?doubts=yes"
    return Queue("Articles with warnings", doubtful.count(), "Something in their copy was doubtful.", url)


def _corrections(user) -> Queue:
    return Queue(
        "Corrections to link",
        waiting().count(),
        "Of what is not clear, or not here yet.",
        _url("corrections"),
    )


def _dates(user) -> Queue:
    count = dates.waiting().order_by().count()
    return Queue("Days that disagree", count, "Of publication, of the dateline, of coming in.", _url("dates"))


def _codes(user) -> Queue:
    codes = unknown_codes().values("code").distinct().count()
    return Queue(
        "Unknown sign-off codes", codes, "Nobody has said yet whose they are.", _url("unknown_codes")
    )


def _candidates(user) -> Queue:
    waiting = Candidate.objects.filter(state=Candidate.State.WAITING).count()
    return Queue("Proposed names", waiting, "Nobody has registered them yet.", _url("candidates"))


def _audit(user) -> Queue:
    return Queue("Audit of tags", None, "Names in doubt, missing or oddly spelled.", _url("audit"))


def _index(user) -> Queue:
    return Queue("Waiting for the index", IndexTask.objects.count(), "Found by search soon.", _url("health"))


def _searches(user) -> Queue:
    return Queue("Searches", None, "What readers look for, and do not find.", _url("searches"))


def _url(name: str) -> str:
    return reverse(f"admin:{name}")
