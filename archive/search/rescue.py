"""What a reader is offered when little or nothing fits: looser questions, near names, most of the words."""

from datetime import datetime
from functools import lru_cache
from typing import Final, NamedTuple

from django.db.models import Count, Max
from haystack.query import SQ, SearchQuerySet

from archive.models import Alias, Article
from archive.names.folding import NameTable, similar
from archive.search.compile import Compiled, compile_query
from archive.search.expand import MOST_WORDS_IN_A_NAME, look_up
from archive.search.query import ArchiveQuery
from archive.search.tree import Field, Leaf, Value, Word, walk

# How many conditions are tried without, and names offered.
MOST_WAYS: Final = 8
MOST_NAMES: Final = 5
LEAST_LETTERS_TO_MISSPELL: Final = 3


class Way(NamedTuple):
    """A question to ask instead, and how many stories it finds."""

    label: str
    count: int
    url: str


class More(NamedTuple):
    """Stories with most of the words, which are not among those with all of them."""

    total: int
    article_ids: list[int]


def ask(sq: SQ | None) -> SearchQuerySet:
    """Return the articles that fit; all of them for None."""
    articles = SearchQuerySet().models(Article)
    return articles.filter(sq) if sq else articles


def _counted(questions: list[tuple[str, ArchiveQuery]]) -> list[Way]:
    """Count what each question finds, in one search over everything; those that find nothing are left out.

    One search each would cost more: the engine looks for near spellings whenever it finds nothing. So would
    one look-up of names each.
    """
    results = ask(None)
    registered = look_up(query.reading.tree for _, query in questions)
    for number, (_, query) in enumerate(questions):
        sq = compile_query(query, registered=registered).sq
        results = results.query_facet(f"question{number}", sq or SQ(year__exists=True))
    counts = results.facet_counts()["queries"].values() if questions else ()
    return [
        Way(label, count, query.url) for (label, query), count in zip(questions, counts, strict=True) if count
    ]


def ways_without(compiled: Compiled) -> list[Way]:
    """Count what would be found without each condition; those that find nothing are left out."""
    clauses = [clause for clause in compiled.clauses if clause.kind != "dropped"]
    if len(clauses) < 2:
        return []
    return _counted([(clause.label, clause.rest) for clause in clauses[:MOST_WAYS]])


def spelled_better(query: ArchiveQuery, results: SearchQuerySet) -> str:
    """Return the text with words that the archive does not have replaced by the nearest it has, or "".

    `results` are those of the question; they have to be empty.
    """
    words = [node for node in query.reading.tree.children if isinstance(node, Word)]
    if not words:
        return ""
    asked = " ".join(node.text for node in words)
    better = (results.spelling_suggestion(asked) or "").split()
    if len(better) != len(words):
        return ""
    text = query.text
    for node, word in reversed(list(zip(words, better, strict=True))):
        word = word.lower() if node.text.islower() else word
        if word != node.text and _can_be_misspelled(node.text):
            text = f"{text[: node.start]}{word}{text[node.end :]}"
    return text if text != query.text else ""


def _can_be_misspelled(word: str) -> bool:
    """Say whether another word may be meant: not for an initial or a number, to which every other is near."""
    return len(word) >= LEAST_LETTERS_TO_MISSPELL and not any(char.isdigit() for char in word)


def some_words(query: ArchiveQuery, compiled: Compiled) -> Way | None:
    """Offer stories with any of the words."""
    if not compiled.some_words:
        return None
    asked = [(compiled.some_words, query.but(text=compiled.some_words))]
    return next(iter(_counted(asked)), None)


def near_names(query: ArchiveQuery, compiled: Compiled) -> list[Way]:
    """Offer registered names that are spelled much like what was typed."""
    typed = _name_typed(query)
    if not typed or compiled.names or typed.count(" ") >= MOST_WORDS_IN_A_NAME:
        return []
    table = _table(*Alias.objects.aggregate(count=Count("pk"), last=Max("changed_at")).values())
    names = dict.fromkeys(candidate.name_id for candidate in similar(typed, table))
    return _counted([(name, query.but(text=f'"{name}"')) for name in list(names)[:MOST_NAMES]])


@lru_cache(maxsize=1)
def _table(count: int, last: datetime | None) -> NameTable:
    """Return all spellings in the form `similar` compares with; made anew when a spelling has changed."""
    return NameTable(Alias.objects.values_list("text", "entity__name"))


def _name_typed(query: ArchiveQuery) -> str:
    """Return the words of the question, or the first value that was to be a name."""
    tree = query.reading.tree
    for child in tree.children:
        if isinstance(child, Field) and child.name in ("name", "person", "org", "place"):
            return next((leaf.text for leaf in walk(child) if isinstance(leaf, Value)), "")
    return " ".join(child.text for child in tree.children if isinstance(child, Leaf))


def find_more(compiled: Compiled, strict_ids: list[int], wanted: int) -> More | None:
    """Find up to `wanted` of the best stories with most of the words; None if there are no others.

    `strict_ids` are all stories that fit strictly.
    """
    if compiled.some is None:
        return None
    found = ask(compiled.some | compiled.sq if compiled.sq else compiled.some)
    rows = found[: wanted + len(strict_ids)]
    known = set(strict_ids)
    ids = [pk for pk in (int(row.pk) for row in rows) if pk not in known][:wanted]
    return More(found.count() - len(known), ids) if ids else None
