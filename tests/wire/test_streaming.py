"""Files of many stories pass through: what is in memory does not grow with the file."""

import gzip
import io
import json
import random
import tarfile
import tracemalloc
import zipfile
from itertools import islice
from zoneinfo import ZoneInfo

import pytest

from archive import wire
from archive.wire.errors import FileTooLarge

HUGE_BYTES = 10 * 1024**3
STORIES = 120
STORY_BYTES = 40_000
# All stories together are more than this. A chunk of a packed file, and one story taken apart, are less.
MOST_IN_MEMORY_BYTES = 4_000_000

WORDS = " ".join(f"word{number}" for number in range(STORY_BYTES // 8))[:STORY_BYTES]
JSON_LINE = (
    json.dumps({"headline": "Ferries sail", "published_on": "2004-07-10", "body": WORDS}).encode() + b"\n"
)
CSV_HEAD = b"headline,published_on,body\r\n"
CSV_ROW = f'Ferries sail,2004-07-10,"{WORDS}"\r\n'.encode()
SGML_HEAD = b'<!DOCTYPE lewis SYSTEM "lewis.dtd">\n'
SGML_STORY = (
    b'<REUTERS NEWID="1"><DATE>26-FEB-1987 15:01:01.79</DATE><TEXT><TITLE>FERRIES SAIL</TITLE>'
    b"<DATELINE>VARRA, Feb 26 - </DATELINE><BODY>" + WORDS.encode() + b"</BODY></TEXT></REUTERS>\n"
)


class Endless(io.RawIOBase):
    """A file of ten gigabytes: a head, and one piece again and again."""

    def __init__(self, head: bytes, piece: bytes):
        self._head, self._piece, self._at = head, piece, 0

    def readable(self):
        return True

    def seekable(self):
        return True

    def tell(self):
        return self._at

    def seek(self, offset, whence=io.SEEK_SET):
        self._at = offset + {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: HUGE_BYTES}[whence]
        return self._at

    def read(self, size=-1):
        assert 0 <= size <= 4 * 1024 * 1024, "nobody reads such a file at once"
        if self._at < len(self._head):
            found = self._head[self._at : self._at + size]
        else:
            start = (self._at - len(self._head)) % len(self._piece)
            found = (self._piece[start:] + self._piece * (size // len(self._piece) + 1))[:size]
        self._at += len(found)
        return found


def peak_of_reading(file) -> tuple[int, int]:
    """Return how many stories were read, at most STORIES, and the most bytes that were in memory meanwhile."""
    stories = wire.iter_stories("file", file, zone=ZoneInfo("UTC"), max_bytes=1_000_000)
    tracemalloc.start()
    try:
        count = sum(isinstance(each, wire.Story) for each in islice(stories, STORIES))
        return count, tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
        stories.close()


@pytest.mark.parametrize(
    ("head", "piece"),
    [(b"", JSON_LINE), (CSV_HEAD, CSV_ROW), (SGML_HEAD, SGML_STORY)],
    ids=["JSON Lines", "CSV", "SGML"],
)
def test_file_of_ten_gigabytes_is_read_in_little_memory(head, piece):
    count, peak = peak_of_reading(Endless(head, piece))
    assert count == STORIES
    assert peak < MOST_IN_MEMORY_BYTES


def _packed(kind: str, path):
    """Pack a JSON Lines file of STORIES stories that no two have in common, so that it packs as copy does."""
    chance = random.Random(2004)
    path.mkdir()
    plain = path / "stories.jsonl"
    with plain.open("w") as file:
        for _ in range(STORIES):
            body = f"{chance.getrandbits(STORY_BYTES * 4):x}"
            body = " ".join(body[at : at + 8] for at in range(0, len(body), 8))
            file.write(
                json.dumps({"headline": "Ferries sail", "published_on": "2004-07-10", "body": body}) + "\n"
            )
    packed = path / f"stories.{kind}"
    if kind == "zip":
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
            archive.write(plain, "stories.jsonl")
    elif kind == "tar.gz":
        with tarfile.open(packed, "w:gz", compresslevel=1) as archive:
            archive.add(plain, "stories.jsonl")
    else:
        packed.write_bytes(gzip.compress(plain.read_bytes(), 1))
    return packed


@pytest.mark.parametrize("kind", ["zip", "tar.gz", "gz"])
def test_large_member_of_an_archive_is_read_in_little_memory(kind, tmp_path):
    with _packed(kind, tmp_path / kind).open("rb") as file:
        count, peak = peak_of_reading(file)
    assert count == STORIES
    assert peak < MOST_IN_MEMORY_BYTES


@pytest.mark.parametrize(
    "head", [b"<html><head><title>A</title></head>", b"Ferries sail\n\nJuly 10, 2004\n\n"]
)
def test_single_document_of_ten_gigabytes_is_refused_unread(head):
    with pytest.raises(FileTooLarge, match="10,737,418,240"):
        list(wire.iter_stories("file", Endless(head, b"x" * 1000), zone=ZoneInfo("UTC"), max_bytes=1_000_000))
