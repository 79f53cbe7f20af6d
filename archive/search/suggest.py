"""What may be meant while a question is still being typed: fields, their values, names and headlines."""

import datetime
import re
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Final, NamedTuple

from django.urls import get_script_prefix, reverse
from django.utils.http import urlencode
from haystack.query import SQ, SearchQuerySet

from archive.models import Article, BylineCode, Contributor, Source
from archive.models.addresses import article_url
from archive.models.prepared import Prepared
from archive.names.folding import plain_key
from archive.search import inputs
from archive.search.errors import SearchError
from archive.search.fields import BY_TYPED, FIELDS, FLAGS, NAME_KINDS, SORT_VALUES
from archive.search.known_names import KnownName, names_beginning
from archive.search.remembered import remembered
from archive.search.rescue import ask
from archive.search.tokens import clean_text

MAX_TYPED_CHARS: Final = 200
LEAST_CHARS: Final = 2
MOST: Final = 10
_MOST_FIELDS: Final = 2
_MOST_NAMES: Final = 6
_MOST_HEADLINES: Final = 4
# The last piece of a question: what stands after the last space outside quotes.
_LAST: Final = re.compile(r'(?P<before>.*?)(?P<last>(?:[\w-]+:)?(?:"[^"]*|[^\s"()]*))', re.DOTALL)
_FIELD: Final = re.compile(r'(?P<field>[\w-]+):"?(?P<value>.*)', re.DOTALL)


class Suggestion(NamedTuple):
    """One line of the list. `text` is the question it stands for.

    `url` is where it leads: a search, or the story itself; "" where the text is only completed.
    """

    kind: str
    label: str
    detail: str
    text: str
    url: str


def suggest(typed: str) -> list[Suggestion]:
    """Return at most MOST suggestions for what was typed so far; never fails for what stands in it."""
    typed = clean_text(typed)[:MAX_TYPED_CHARS]
    if len(typed) < LEAST_CHARS:
        return []
    try:
        return remembered((Suggestion, typed, get_script_prefix()), lambda: _suggest(typed))
    except SearchError:
        return [*islice(_fields(*_parted(typed)), _MOST_FIELDS), *islice(_names(typed), _MOST_NAMES)]


def _parted(typed: str) -> tuple[str, str]:
    """Return what was typed before the last piece, and the last piece."""
    match = _LAST.fullmatch(typed)
    return (match["before"], match["last"]) if match else ("", typed)


def _suggest(typed: str) -> list[Suggestion]:
    before, last = _parted(typed)
    if (field := _FIELD.fullmatch(last)) and field["field"].lower() in BY_TYPED:
        return list(islice(_values(before, field["field"].lower(), field["value"]), MOST))
    found = [
        *islice(_fields(before, last), _MOST_FIELDS),
        *islice(_names(typed), _MOST_NAMES),
        *_headlines(typed),
    ]
    return found[:MOST]


def _search(kind: str, label: str, detail: str, text: str) -> Suggestion:
    return Suggestion(kind, label, detail, text, f"{reverse('search')}?{urlencode({'q': text})}")


def _fields(before: str, last: str) -> Iterator[Suggestion]:
    if len(last) < LEAST_CHARS:
        return
    for spec in FIELDS:
        name = next((name for name in spec.names if name.startswith(last.lower())), "")
        if name:
            yield Suggestion("field", f"{name}:", spec.meaning, f"{before}{name}:", "")


def _names(typed: str) -> Iterator[Suggestion]:
    for name in names_beginning(typed):
        yield _search("name", name.name, _stories(name), f'"{name.name}"')


def _stories(name: KnownName) -> str:
    return f"{name.kind_label}, {name.stories:,} stor{'y' if name.stories == 1 else 'ies'}"


def _headlines(typed: str) -> list[Suggestion]:
    """Return the newest stories whose headline has the words typed, the last of them perhaps unfinished."""
    *words, last = re.findall(r"[^\W_]+", typed) or [""]
    if len(last) < LEAST_CHARS:
        return []
    sq = SQ(headline=inputs.Prefix(last))
    if words:
        sq = SQ(headline=inputs.Words(" ".join(words))) & sq
    rows = ask(sq).order_by("-published_on", "-published_at").values_list("pk", flat=True)
    ids = [int(pk) for pk in rows[:_MOST_HEADLINES]]
    articles = {pk: rest for pk, *rest in _readable.among(ids)}
    return [_story(*articles[pk]) for pk in ids if pk in articles]


_readable: Final = Prepared(
    lambda ids: Article.objects.published_among(ids).values_list("pk", "headline", "slug", "published_on")
)


def _story(headline: str, slug: str, day: datetime.date) -> Suggestion:
    url = article_url(day, slug)
    return Suggestion("headline", headline, f"{day.day} {day:%B %Y}", headline, url)


# --- values of fields ---------------------------------------------------------------------------------------


def _values(before: str, typed_field: str, begun: str) -> Iterator[Suggestion]:
    """Yield values of a field that begin as typed, each as the whole question so far."""
    name = BY_TYPED[typed_field].name
    if name in NAME_KINDS or name == "said":
        kind = NAME_KINDS.get(name, "person")
        rows = ((known.name, _stories(known)) for known in names_beginning(begun, kind))
    else:
        rows = _beginning(begun, _VALUES_OF.get(name, lambda: ())())
    for value, detail in rows:
        quoted = value if re.fullmatch(r"[\w-]+", value) else f'"{value}"'
        text = f"{before}{typed_field}:{quoted}"
        yield _search("value", f"{typed_field}:{quoted}", detail, text)


def _beginning(begun: str, rows: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    key = plain_key(begun)
    for value, detail in rows:
        if not key or plain_key(value).startswith(key) or plain_key(detail).startswith(key):
            yield value, detail


def _places() -> list[tuple[str, str]]:
    return _counted("filed_from")


def _counted(field: str) -> list[tuple[str, str]]:
    counts = SearchQuerySet().models(Article).facet(field).facet_counts()["fields"].get(field, [])
    return [
        (str(value), f"{count:,} stor{'y' if count == 1 else 'ies'}")
        for value, count in counts
        if count and value
    ]


def _signers() -> list[tuple[str, str]]:
    codes = BylineCode.objects.values_list("code", "contributor__name").order_by("code", "contributor__name")
    people = Contributor.objects.values_list("name", flat=True).order_by("name")
    return [*dict.fromkeys(codes), *((name, "") for name in people)]


_VALUES_OF: Final = {
    "from": _places,
    "by": _signers,
    "editor": _signers,
    "source": lambda: Source.objects.values_list("slug", "name").order_by("name"),
    "section": lambda: _counted("section"),
    "lang": lambda: _counted("language"),
    "is": lambda: [(flag.value, "") for flag in FLAGS if flag.field == "is"],
    "has": lambda: [(flag.value, "") for flag in FLAGS if flag.field == "has"],
    "sort": lambda: [(value, "") for value in SORT_VALUES],
}
