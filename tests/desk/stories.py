"""Stories with chosen words, taken in through the desk."""

import itertools

from archive.desk.accept import accept
from archive.models import Article
from tests.desk.copy_samples import make_source, read

_numbers = itertools.count(1)


def take_in(*paragraphs: str, day="July 10, 2004", publish=True) -> Article:
    """Take in a story with these paragraphs, under a headline that names nobody."""
    body = "\n\n".join(paragraphs)
    record, received = read(f"Ferries sail again {next(_numbers)}\n\n{day} - 22:07\n\nVARRA - {body}\n")
    return accept(record, source=make_source(), received=received, publish=publish).article


def named_in(article) -> list[tuple[str, str]]:
    """Return (text, name) of an article's mentions in order."""
    rows = article.mentions.order_by("part", "start").values_list("text", "entity__name")
    return list(rows)
