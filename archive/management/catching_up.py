"""How commands bring the index up to date at their end, with visible progress."""

from archive.management.progress import progress_bar
from archive.models import Article, IndexTask
from archive.search import indexer
from archive.search.errors import IndexLocked, SearchError


def update_index(out) -> int:
    """Let the index learn what is queued, or make it if there is none yet; return how many it learned.

    Articles stay queued where that fails: `out` gets a sentence that says why.
    """
    try:
        if indexer.reason_to_rebuild():
            with progress_bar(Article.objects.published().count(), "Indexing") as bar:
                return indexer.rebuild(progress=lambda count: bar.update(count - bar.n))
        with progress_bar(IndexTask.objects.count(), "Indexing") as bar:
            return indexer.drain(progress=lambda count: bar.update(count - bar.n))
    except IndexLocked:
        out.write("The index is being written by another process, which takes these changes along.")
    except (SearchError, OSError) as error:
        out.write(f"The index could not take these changes; they stay queued. {error}")
    return 0
