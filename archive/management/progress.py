"""How commands show long work: a bar on a terminal, a line now and then elsewhere."""

import sys

from tqdm import tqdm


def progress_bar(total: int | None, label: str, unit: str = "stories") -> tqdm:
    """Return a bar to be used as a context manager; `update(n)` moves it."""
    on_terminal = sys.stderr.isatty()
    return tqdm(
        total=total,
        desc=label,
        unit=f" {unit}",
        unit_scale=unit == "bytes",
        mininterval=0.2 if on_terminal else 15,
        ascii=not on_terminal,
        dynamic_ncols=on_terminal,
        leave=True,
    )


def count_sentence(counts: dict[str, int]) -> str:
    """Return the last line of a command: "312 read, 300 new, 9 changed, 3 unchanged, 0 skipped"."""
    return ", ".join(f"{number:,} {what}" for what, number in counts.items())
