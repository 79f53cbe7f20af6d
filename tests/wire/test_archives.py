"""Packed files: what is in them is read, what is dangerous is named."""

import gzip
import io
import tarfile
import zipfile
from collections import deque
from zoneinfo import ZoneInfo

import pytest

from archive import wire
from archive.wire import archives
from archive.wire.errors import ArchiveTooLarge, DamagedFile, FileChanged, FileTooLarge
from tests.wire import samples
from tests.wire.samples import tarred, zipped

UTC = ZoneInfo("UTC")


def stories(content, **options):
    return list(wire.iter_stories("in.zip", content, zone=UTC, **options))


def collect(reading, taken):
    """Keep what came before an error."""
    for each in reading:
        taken.append(each)


def keys(found):
    return [each.record.source_key for each in found if isinstance(each, wire.Story)]


def reasons(found):
    return [(each.name, each.reason) for each in found if isinstance(each, wire.Reject)]


@pytest.mark.parametrize(
    "pack", [zipped, tarred, lambda **files: tarred("w", **files)], ids=["zip", "tar.gz", "tar"]
)
def test_members_of_every_format_are_read(pack):
    found = stories(pack(**{"a.txt": samples.COPY, "b/c.sgm": samples.REUTERS, "d.json": samples.NINJS_1}))
    assert keys(found)[1:] == ["reuters:11", "reuters:12", "reuters:13", "ninjs:urn:varra:1"]
    assert [each.name for each in found] == [
        "in.zip/a.txt", *(f"in.zip/b/c.sgm, story {n}" for n in (1, 2, 3)), "in.zip/d.json",
    ]  # fmt: skip
    assert found[0].content == samples.COPY


def test_gzip_of_one_file_is_read():
    assert len(keys(stories(gzip.compress(samples.JSONL)))) == 2


@pytest.mark.parametrize("compress", [bytes, gzip.compress])
def test_tar_from_before_it_had_a_mark(compress):
    tar = bytearray(tarred("w", **{"a.txt": samples.COPY}))
    tar[257:265] = bytes(8)
    tar[148:156] = b"%6o\0 " % (sum(tar[:148]) + 8 * 0x20 + sum(tar[156:512]))
    assert [each.content for each in stories(compress(bytes(tar)))] == [samples.COPY]


def test_path_is_read_as_well_as_bytes(tmp_path):
    path = tmp_path / "x"
    path.write_bytes(zipped(a=samples.COPY))
    assert keys(stories(path)) == keys(stories(path.read_bytes()))


def test_names_that_climb_out_are_only_names(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for pack in (zipped, tarred):
        found = stories(
            pack(**{"../../evil.txt": samples.COPY, "/etc/evil": samples.JSONL, "C:\\evil": samples.CSV})
        )
        assert len(keys(found)) == 5
    assert list(tmp_path.iterdir()) == []


def test_hidden_files_and_resource_forks_are_passed_over():
    found = stories(zipped(**{"__MACOSX/._a.txt": b"\0" * 99, ".DS_Store": b"\0", "a.txt": samples.COPY}))
    assert [each.name for each in found] == ["in.zip/a.txt"]


def test_bad_member_is_named_and_the_rest_goes_on():
    found = stories(zipped(**{"a.jpg": b"\xff\xd8\xff\xe0", "b.txt": b"", "c.txt": samples.COPY}))
    assert [name for name, _ in reasons(found)] == ["in.zip/a.jpg", "in.zip/b.txt"]
    assert len(keys(found)) == 1


@pytest.mark.parametrize(
    "inner", [zipped(a=samples.COPY), tarred(a=samples.COPY), tarred("w", a=samples.COPY)]
)
@pytest.mark.parametrize("pack", [zipped, tarred])
def test_archive_in_an_archive_is_named_and_not_opened(pack, inner):
    found = stories(pack(inner=inner, other=samples.COPY))
    assert reasons(found) == [
        ("in.zip/inner", "It is an archive inside an archive. Unpack the outer one first.")
    ]
    assert len(keys(found)) == 1


def test_office_document_in_an_archive_is_named():
    found = stories(zipped(**{"a.docx": zipped(**{"[Content_Types].xml": b"x", "word/document.xml": b"x"})}))
    assert "a Word document" in reasons(found)[0][1]


@pytest.mark.parametrize("keep", [0.3, 0.6, 0.9, 0.99])
def test_truncated_archives_are_named(keep):
    many = {
        f"{number}.txt": samples.COPY + bytes(f"{number * 7919 % 1000}", "ascii") * 50
        for number in range(200)
    }
    for content in (zipped(**many), tarred(**many)):
        with pytest.raises(DamagedFile, match="The file looks like a packed file, but"):
            stories(content[: int(len(content) * keep)])


def test_stories_before_the_break_of_a_tar_come_in():
    content = tarred("w", **{f"{number}.txt": samples.COPY for number in range(50)})
    taken = []
    reading = wire.iter_stories("x", content[: 1024 * 21 + 700], zone=UTC)
    with pytest.raises(DamagedFile):
        collect(reading, taken)
    assert len(taken) > 5


def test_damaged_member_of_a_zip_is_named_and_the_rest_goes_on():
    content = bytearray(zipped(a=samples.REUTERS, b=samples.COPY))
    content[60] ^= 0xFF
    found = stories(bytes(content))
    assert len(keys(found)) >= 1
    assert len(reasons(found)) == 1


def test_locked_zip_is_named():
    content = bytearray(zipped(a=samples.COPY))
    content[6] |= 1
    content[content.rindex(b"PK\x01\x02") + 8] |= 1
    assert "locked with a password" in reasons(stories(bytes(content)))[0][1]


@pytest.mark.parametrize("pack", [zipped, tarred], ids=["zip", "tar.gz"])
def test_bomb_is_defused_by_its_ratio(pack, monkeypatch):
    monkeypatch.setattr(archives, "RATIO_COUNTS_FROM_BYTES", 100_000)
    monkeypatch.setattr(archives, "MAX_RATIO", 20)
    bomb = pack(**{f"{number}.jsonl": b'{"headline": "A"}\n' * 10_000 for number in range(4)})
    reading = wire.iter_stories("bomb", bomb, zone=UTC)
    with pytest.raises(ArchiveTooLarge, match=r"The packed file unpacks to more than 20 times its size"):
        deque(reading, maxlen=0)


def test_size_that_a_bomb_admits_is_enough_to_refuse_it():
    found = stories(zipped(a=b"A" * 60_000_000))
    assert reasons(found)[0][1].startswith("The file has 60,000,000 bytes; plain copy is read as one story")


def test_number_of_members_is_bounded(monkeypatch):
    monkeypatch.setattr(archives, "MAX_MEMBERS", 3)
    with pytest.raises(ArchiveTooLarge, match="has more than 3 files in it"):
        stories(zipped(**{str(number): samples.COPY for number in range(4)}))


def test_links_and_devices_in_a_tar_are_no_files():
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for kind in (tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.FIFOTYPE, tarfile.DIRTYPE):
            info = tarfile.TarInfo("x")
            info.type, info.linkname = kind, "/etc/passwd"
            archive.addfile(info)
    assert stories(buffer.getvalue()) == []


def test_empty_archives_hold_nothing():
    buffer = io.BytesIO()
    zipfile.ZipFile(buffer, "w").close()
    assert stories(buffer.getvalue()) == []


def test_ten_gigabytes_of_nothing_are_refused_unread(tmp_path):
    path = tmp_path / "huge"
    with path.open("wb") as file:
        file.truncate(10 * 1024**3)
    with pytest.raises(FileTooLarge, match=r"The file has 10,737,418,240 bytes"):
        stories(path)


def test_ten_gigabytes_that_begin_as_a_table_are_streamed_to_the_first_fault(tmp_path):
    path = tmp_path / "huge"
    with path.open("wb") as file:
        file.write(samples.CSV)
        file.truncate(10 * 1024**3)
    taken = []
    with pytest.raises(wire.WireError, match="A single story in the file has more than"):
        collect(wire.iter_stories("huge", path, zone=UTC), taken)
    assert len(taken) == 2


def test_file_that_changes_while_it_is_read_is_named(tmp_path):
    path = tmp_path / "growing.jsonl"
    path.write_bytes(samples.JSONL)
    reading = wire.iter_stories("growing", path, zone=UTC)
    next(reading)
    with path.open("ab") as file:
        file.write(b"{}")
    with pytest.raises(FileChanged):
        list(reading)
