"""Lines -> paragraphs, for copy whose lines may or may not be broken at a fixed column.

Blank lines always part paragraphs. Between two lines that no blank line parts, the second begins a paragraph

- if it is indented deeper than the line before it (teletype style);
- if lines of this story are longer than any column (MAX_COLUMN) or too short to be one (MIN_COLUMN);
- if every line that could be broken ends a sentence: nobody breaks lines that tidily by column;
- if its first word would have fitted on the line before with COLUMN_SLACK to spare.

Otherwise the line was broken at the column and is joined with a space, or with nothing behind a hyphen. A
line that starts with a small letter after an unfinished sentence is always joined.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Final, NamedTuple

MIN_COLUMN: Final = 40
MAX_COLUMN: Final = 100
COLUMN_SLACK: Final = 12

_SENTENCE_END: Final = re.compile(r"[.!?…:][)\]\"'”’»]*$")
_BLANKS: Final = re.compile(r"\s+")
_LINE: Final = re.compile(r"[^\n]+")


class Line(NamedTuple):
    """Hold one line without its line end, and where it starts in the decoded original."""

    text: str
    start: int

    @property
    def is_blank(self) -> bool:
        return not self.text or self.text.isspace()

    def find_ends(self) -> tuple[int, int]:
        """Find where the line's text starts and ends, blanks aside."""
        start = self.start + len(self.text) - len(self.text.lstrip())
        return start, start + len(self.text.strip())


def split_lines(text: str) -> list[Line]:
    """Split at line feeds, with one blank line for any run of blank ones.

    Other line ends are gone after decoding. Millions of line feeds must not become millions of lines.
    """
    lines: list[Line] = []
    for match in _LINE.finditer(text):
        line = Line(match[0], match.start())
        if lines and not lines[-1].is_blank and (line.is_blank or match.start() > _end(lines[-1]) + 1):
            lines.append(Line("", _end(lines[-1]) + 1))
        if not line.is_blank:
            lines.append(line)
    return lines


def _end(line: Line) -> int:
    return line.start + len(line.text)


def iter_blocks(lines: Sequence[Line]) -> Iterator[list[Line]]:
    """Yield the runs of lines that blank lines part."""
    block: list[Line] = []
    for line in lines:
        if not line.is_blank:
            block.append(line)
        elif block:
            yield block
            block = []
    if block:
        yield block


def join_paragraphs(lines: Sequence[Line]) -> list[str]:
    """Join `lines` into paragraphs as the module's rules say, each run of blanks one space."""
    blocks = list(iter_blocks(lines))
    is_broken = _is_broken_at_column(blocks)
    column = max((len(line.text.rstrip()) for block in blocks for line in block), default=0)
    paragraphs: list[list[str]] = []
    for block in blocks:
        before = None
        for line in block:
            if before is None or _begins_paragraph(before, line, column if is_broken else 0):
                paragraphs.append([])
            paragraphs[-1].append(line.text.strip())
            before = line
    return [_join(lines) for lines in paragraphs]


def _is_broken_at_column(blocks: Sequence[list[Line]]) -> bool:
    """Tell whether the lines look broken at a column rather than one paragraph each."""
    longest = max((len(line.text.rstrip()) for block in blocks for line in block), default=0)
    breakable = [line for block in blocks for line in block[:-1]]
    return MIN_COLUMN <= longest <= MAX_COLUMN and not all(_ends_sentence(line.text) for line in breakable)


def _begins_paragraph(before: Line, line: Line, column: int) -> bool:
    """Tell whether `line` begins a paragraph after `before`; `column` is 0 if there is none."""
    text = line.text.lstrip()
    if _indent(line) > _indent(before):
        return True
    if text[:1].islower() and not _ends_sentence(before.text):
        return False
    first_word = text.split(None, 1)[0]
    return len(before.text.rstrip()) + 1 + len(first_word) + COLUMN_SLACK <= column or not column


def _indent(line: Line) -> int:
    return len(line.text.expandtabs(4)) - len(line.text.lstrip().expandtabs(4))


def _ends_sentence(text: str) -> bool:
    return _SENTENCE_END.search(text.rstrip()[-8:]) is not None


def _join(lines: Sequence[str]) -> str:
    joined = [lines[0]]
    for before, line in pairwise(lines):
        is_hyphenated = before.endswith("-") and before[-2:-1].isalpha() and line[:1].isalpha()
        joined.append(line if is_hyphenated else f" {line}")
    return _BLANKS.sub(" ", "".join(joined)).strip()
