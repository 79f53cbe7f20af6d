"""Writers of stories for other programs: JSON, CSV, RIS and Atom, piece by piece.

Untrusted: every text of a story. Guaranteed afterwards: JSON and XML are well formed whatever stands in it,
no cell of a CSV file is taken for a formula, and no text begins a line of a RIS file.
"""

import csv
import datetime
import json
import re
from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple
from xml.sax.saxutils import escape, quoteattr

from archive.desk.badges import badge_of, note_of
from archive.pages.times import local_time
from archive.search.everything import Found

# What a spreadsheet takes for a formula: OWASP's list and its full-width forms.
_FORMULA_STARTS: Final = tuple("=+-@＝＋－＠")
_BREAKS: Final = ("\t", "\r", "\n")
# What XML 1.0 has no way to write.
_NOT_IN_XML: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
COLUMNS: Final = (
    *("headline", "published_on", "time", "place", "source", "section", "language", "sign_off", "names"),
    *("words", "lead", "note", "url"),
)
LEAD_CHARS: Final = 500


class Sent(NamedTuple):
    """What an export says of itself; `page_url` and `own_url` are paths of `site`."""

    reading: str
    total: int
    site: str
    host: str
    page_url: str
    own_url: str
    archive_name: str


class _Echo:
    """A file that gives back what is written to it."""

    def write(self, text: str) -> str:
        return text


def iter_json(sent: Sent, found: Iterable[Found]) -> Iterator[str]:
    """Write one object with the question and its stories, texts included; one story a line."""
    about = {"reading": sent.reading, "total": sent.total, "url": sent.site + sent.page_url}
    yield json.dumps(about, ensure_ascii=False)[:-1] + ', "articles": [\n'
    comma = ""
    for each in found:
        yield comma + json.dumps(as_dict(sent, each), ensure_ascii=False)
        comma = ",\n"
    yield "\n]}\n"


def as_dict(sent: Sent, found: Found) -> dict:
    """Return a story as programs want it; an unknown time is None."""
    article = found.article
    time = local_time(article)
    return {
        "headline": article.headline,
        "published_on": article.published_on.isoformat(),
        "published_at": time.iso if time else None,
        "place": article.place,
        "dateline": article.dateline,
        "source": article.source.name,
        "section": article.section,
        "language": article.language or article.source.language,
        "sign_off": [
            {"code": c.code, "role": c.role, "name": c.contributor.name if c.contributor else None}
            for c in found.codes
        ],
        "names": found.names,
        "words": article.word_count,
        "version": article.version,
        "note": note_of(article),
        "url": sent.site + article.get_absolute_url(),
        "text": article.body_text,
    }


def iter_csv(sent: Sent, found: Iterable[Found]) -> Iterator[str]:
    """Write a table with a byte order mark, by which spreadsheets know that it is UTF-8."""
    writer = csv.writer(_Echo())
    yield "\ufeff" + writer.writerow(COLUMNS)
    for each in found:
        article, time = each.article, local_time(each.article)
        row = (
            *(article.headline, article.published_on.isoformat(), time.clock if time else "", article.place),
            *(article.source.name, article.section, article.language or article.source.language),
            *(article.sign_off, "; ".join(each.names), article.word_count, _lead(article)),
            note_of(article),
            sent.site + article.get_absolute_url(),
        )
        yield writer.writerow([defused(cell) for cell in row])


def defused(cell) -> object:
    """Return a cell that no spreadsheet calculates: an apostrophe goes before what may be a formula."""
    if isinstance(cell, str) and (cell.startswith(_BREAKS) or cell.lstrip().startswith(_FORMULA_STARTS)):
        return f"'{cell}"
    return cell


def iter_ris(sent: Sent, found: Iterable[Found]) -> Iterator[str]:
    """Write references of type NEWS for reference managers; lines end with CR LF."""
    for each in found:
        yield "".join(f"{tag}  - {value}\r\n" for tag, value in _ris_lines(sent, each)) + "ER  - \r\n\r\n"


def _ris_lines(sent: Sent, found: Found) -> Iterator[tuple[str, str]]:
    article = found.article
    yield "TY", "NEWS"
    yield "TI", _one_line(article.headline)
    for sign in found.codes:
        if sign.contributor:
            yield "AU", _one_line(sign.contributor.name)
    yield "T2", _one_line(article.source.name)
    yield "PY", f"{article.published_on:%Y}"
    yield "DA", f"{article.published_on:%Y/%m/%d}"
    for tag, value in (("CY", article.place), ("SE", article.section), ("LA", article.language)):
        if value:
            yield tag, _one_line(value)
    for name in found.names:
        yield "KW", _one_line(name)
    if note := note_of(article):
        yield "N1", note
    yield "DB", _one_line(sent.archive_name)
    yield "UR", sent.site + article.get_absolute_url()


def iter_atom(sent: Sent, found: Iterable[Found], *, title: str = "") -> Iterator[str]:
    """Write a feed; `updated` says when a story changed here, `published` when it was filed."""
    yield '<?xml version="1.0" encoding="utf-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom">\n'
    yield f"<id>{_xml(sent.site + sent.own_url)}</id>\n"
    yield f"<title>{_xml(f'{title or sent.reading} · {sent.archive_name}')}</title>\n"
    yield f'<link rel="self" type="application/atom+xml" href={_attribute(sent.site + sent.own_url)}/>\n'
    yield f'<link rel="alternate" type="text/html" href={_attribute(sent.site + sent.page_url)}/>\n'
    yield f"<author><name>{_xml(sent.archive_name)}</name></author>\n"
    yield f"<updated>{datetime.datetime.now(datetime.UTC).isoformat(timespec='seconds')}</updated>\n"
    for each in found:
        yield _entry(sent, each)
    yield "</feed>\n"


def _entry(sent: Sent, found: Found) -> str:
    article, time = found.article, local_time(found.article)
    url = sent.site + article.get_absolute_url()
    published = time.iso if time else f"{article.published_on.isoformat()}T00:00:00Z"
    names = (sign.contributor.name for sign in found.codes if sign.contributor)
    badges = filter(None, [badge_of(article)])
    authors = [*dict.fromkeys(names)] or [article.source.name]
    return "".join(
        (
            f"<entry>\n<id>{_xml(tag_of(sent.host, article))}</id>\n",
            f"<title>{_xml(with_badge(article))}</title>\n",
            f'<link rel="alternate" type="text/html" href={_attribute(url)}/>\n',
            f"<published>{published}</published>\n",
            f"<updated>{article.changed_at.isoformat(timespec='seconds')}</updated>\n",
            *(f"<author><name>{_xml(name)}</name></author>\n" for name in authors),
            *(f"<category term={_attribute(name)}/>\n" for name in found.names),
            *(f'<category scheme="urn:x-dateline:badge" term={_attribute(badge)}/>\n' for badge in badges),
            f"<summary>{_xml(f'{note_of(article)} {_lead(article)}'.strip())}</summary>\n</entry>\n",
        )
    )


def with_badge(article) -> str:
    """Return a headline with what became of the story: readers of feeds see little else."""
    badge = badge_of(article)
    return f"{article.headline} [{badge}]" if badge else article.headline


def tag_of(host: str, article) -> str:
    """Return what a story is called for good (RFC 4151), also when its headline or address changes."""
    name = host.partition(":")[0]
    return f"tag:{name},{article.created_at:%Y-%m-%d}:article/{article.pk}"


def _lead(article) -> str:
    return article.body_text.partition("\n\n")[0][:LEAD_CHARS]


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _xml(text: str) -> str:
    return escape(_NOT_IN_XML.sub(" ", text))


def _attribute(text: str) -> str:
    return quoteattr(_NOT_IN_XML.sub(" ", text))
