"""Measure how well quotations and their speakers are found, against stories read and marked by hand.

    python -m tests.benchmarks.quotes                       the demo wire's stories
    python -m tests.benchmarks.quotes --reuters FILE        and those of Reuters-21578 (a tar archive)
    python -m tests.benchmarks.quotes ... --errors          list what was missed and what was wrong

The gold file holds places and speakers only; the Reuters stories themselves are not part of this repository.
No name is registered for the measurement: speakers must be found in the words alone. The rules were corrected
by what the first sample showed; the second was marked afterwards and is there to check them.
"""

import argparse
import html
import json
import re
import tarfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final, NamedTuple

from archive.names.quotes import Quote, find_quotes

ROOT: Final = Path(__file__).parents[2]
GOLD: Final = ROOT / "tests" / "names" / "gold_quotes.jsonl"
SAMPLES: Final = ("first", "second")
WIRE: Final = ROOT / "fixtures" / "wire"
_STORY: Final = re.compile(r'<REUTERS [^>]*NEWID="(\d+)">(.*?)</REUTERS>', re.DOTALL)
_BODY: Final = re.compile(r"<BODY>(.*?)</BODY>", re.DOTALL)
_END: Final = re.compile(r"\n?\s*REUTER\s*$", re.IGNORECASE)
_UNSAID: Final = frozenset(["the", "a", "an", "one", "of", "its", "some"])


class Gold(NamedTuple):
    """A quotation as a reader marked it; several speakers are different ways to write one."""

    start: int
    end: int
    speakers: list[str]


class Score(NamedTuple):
    """How many quotations were found, marked, right by place, and right by place and speaker."""

    found: int
    marked: int
    right: int
    right_speaker: int


def main() -> None:
    """Measure the stories asked for and print precision and recall."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--reuters", type=Path)
    parser.add_argument("--errors", action="store_true")
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()
    reuters = reuters_texts(arguments.reuters) if arguments.reuters else {}
    sources = ("demo", "reuters") if reuters else ("demo",)
    results = {
        f"{sample} sample, {source}": measure(sample, source, reuters, arguments.errors)
        for sample in SAMPLES
        for source in sources
    }
    results["all"] = total(results.values())
    for source, score in results.items():
        print(f"{source}: {describe(score)}")
    if arguments.json:
        arguments.json.write_text(json.dumps({source: score._asdict() for source, score in results.items()}))


def total(scores: Iterable[Score]) -> Score:
    """Add scores up."""
    return Score(*map(sum, zip(*scores, strict=True)))


def measure(sample: str, source: str, reuters: dict[int, str], show_errors: bool) -> Score:
    """Compare what is found in the stories of one sample and source with what was marked."""
    scores = []
    for story, gold in gold_stories(sample, source):
        text = reuters[story] if source == "reuters" else demo_text(story)
        found = find_quotes(text)
        scores.append(compare(found, gold))
        if show_errors:
            print_errors(story, text, found, gold)
    return total(scores)


def compare(found: list[Quote], gold: list[Gold]) -> Score:
    """Count exact places, and exact places with the right speaker."""
    marked = {(one.start, one.end): one for one in gold}
    right = [(quote, marked[quote.start, quote.end]) for quote in found if (quote.start, quote.end) in marked]
    speakers = [pair for pair in right if is_speaker(pair[0].speaker_text, pair[1].speakers)]
    return Score(len(found), len(gold), len(right), len(speakers))


def is_speaker(found: str, speakers: list[str]) -> bool:
    """Tell whether words name a speaker: all of them are in the marked ones, or the other way round."""
    words = _words(found)
    return bool(words) and any(words <= _words(speaker) or words >= _words(speaker) for speaker in speakers)


def _words(speaker: str) -> frozenset[str]:
    return frozenset(re.findall(r"[\w'.&-]+", speaker.lower())) - _UNSAID


def describe(score: Score) -> str:
    """Return one line of numbers."""
    return (
        f"{score.marked} quotations; place: precision {score.right / score.found:.3f}, "
        f"recall {score.right / score.marked:.3f}; place and speaker: "
        f"precision {score.right_speaker / score.found:.3f}, recall {score.right_speaker / score.marked:.3f}"
    )


def gold_stories(sample: str, source: str) -> Iterator[tuple[int | str, list[Gold]]]:
    """Yield (story, quotations) for each story of a sample and source in the gold file."""
    for line in GOLD.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        if (row["sample"], row["source"]) == (sample, source):
            yield row["story"], [Gold(q["start"], q["end"], q["speaker"].split("|")) for q in row["quotes"]]


def demo_text(name: str) -> str:
    """Return the text of a demo story as it lies in its file."""
    content = (WIRE / name).read_bytes()
    for encoding in (
        "utf-8-sig",
        "utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "ascii",
        "cp1252",
    ):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    return content.decode("latin-1")


def reuters_texts(path: Path) -> dict[int, str]:
    """Return the bodies of all stories in the archive, paragraphs parted by blank lines."""
    texts = {}
    with tarfile.open(path) as archive:
        for member in archive.getmembers():
            if member.name.endswith(".sgm"):
                content = archive.extractfile(member).read().decode("latin-1")
                texts.update((int(number), paragraphs_of(body)) for number, body in bodies(content))
    return texts


def bodies(content: str) -> Iterator[tuple[str, str]]:
    """Yield (number, body) for each story of one file that has a body."""
    for number, story in _STORY.findall(content):
        if body := _BODY.search(story):
            yield number, html.unescape(body[1])


def paragraphs_of(body: str) -> str:
    """Join the lines of each paragraph; a paragraph begins with a deep indent."""
    body = _END.sub("", body.replace("\x03", "").rstrip())
    paragraphs = re.split(r"\n {3,}", "\n" + body)
    return "\n\n".join(" ".join(paragraph.split()) for paragraph in paragraphs if paragraph.strip())


def print_errors(story: int | str, text: str, found: list[Quote], gold: list[Gold]) -> None:
    """Print the places where what was found and what was marked differ; demo stories with their words."""
    marked = {(one.start, one.end): one for one in gold}
    for quote in found:
        one = marked.pop((quote.start, quote.end), None)
        if one is None:
            print(
                f"{story}: too much: {quote.start}-{quote.end} {quote.kind} “{quote.speaker_text}” {quote.verb}"
            )
        elif not is_speaker(quote.speaker_text, one.speakers):
            print(f"{story}: {quote.start} is by {one.speakers}, not “{quote.speaker_text}” ({quote.reason})")
    for one in marked.values():
        print(
            f"{story}: missed {one.start}-{one.end} by {one.speakers}: {text[one.start - 40 : one.start + 30]!r}"
        )


if __name__ == "__main__":
    main()
