"""Read the word lists beside this file: words parted by white space, lines that begin with # are comments."""

from importlib import resources


def load_words(name: str) -> frozenset[str]:
    """Return the words of a list, in lower case as they stand there."""
    return frozenset(word for row in _rows(name) for word in row)


def load_variants(name: str) -> dict[str, str]:
    """Return a mapping from each word of a list to the first word of its line."""
    return {word: row[0] for row in _rows(name) for word in row}


def _rows(name: str) -> list[list[str]]:
    text = resources.files(__name__).joinpath(f"{name}.txt").read_text(encoding="utf-8")
    return [line.split() for line in text.splitlines() if line.strip() and not line.startswith("#")]
