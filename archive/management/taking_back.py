"""What `ingest` does with a folder that `export` wrote: it is an archive, not copy."""

from pathlib import Path
from typing import Final

from django.core.management.base import CommandError
from django.db import OperationalError

from archive.desk import restore
from archive.desk.ingest import why_not_written
from archive.management.progress import count_sentence, progress_bar
from archive.search.indexer import without_drain

COUNTED = {"articles": "article", "versions": "revision", "originals": "original", "names": "entity"}


def find_export(paths: list[Path]) -> Path | None:
    """Find the export among what is to be taken in. Raise CommandError if it does not come alone."""
    exports = [path for path in paths if restore.is_export(path)]
    if exports and len(paths) > 1:
        raise CommandError(f"{exports[0]} is an export, which is a whole archive: take it in alone.")
    return exports[0] if exports else None


STARTS: Final = (
    "Nothing is kept before the last row is in: after an interruption the same command begins anew."
)


def take_back(folder: Path, out, *, dry_run: bool) -> str:
    """Make an archive of an export and return the count sentence; with `dry_run`, only check it.

    `out` gets what an operator should know meanwhile.
    """
    try:
        counts = restore.check(folder)
        if not dry_run:
            out.write(STARTS)
            with progress_bar(sum(counts.values()), "Reading rows", "rows") as bar, without_drain():
                restore.restore(folder, bar.update)
    except OperationalError as error:
        raise CommandError(f"Nothing was taken in. {why_not_written(error)}") from error
    except (restore.CannotRestore, OSError) as error:
        raise CommandError(f"Nothing was taken in. {error}") from error
    what = count_sentence({label: counts.get(f"archive.{name}", 0) for label, name in COUNTED.items()})
    return f"{what}; nothing was written" if dry_run else what
