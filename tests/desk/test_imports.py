"""What goes wrong with files and databases while copy comes in: named, and nothing half-written."""

import gzip
import hashlib
import json
import os
import resource
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import OperationalError

from archive.desk import imports
from archive.desk.ingest import Stopped, ingest, why_not_written
from archive.models import Article, Batch, BatchReject, IndexTask, Original, ReadingTask
from tests.desk.copy_samples import STORY, make_source
from tests.wire import samples

ROOT = Path(__file__).parent.parent.parent


def manage(data, *arguments, **options):
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("ARCHIVE_", "DJANGO_"))}
    return subprocess.Popen(
        [sys.executable, "manage.py", *map(str, arguments)],
        cwd=ROOT,
        env={**environment, "ARCHIVE_DATA_DIR": str(data)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        **options,
    )


def run(data, *arguments, **options):
    process = manage(data, *arguments, **options)
    out, err = process.communicate(timeout=300)
    return process.returncode, out, err


def counts(data):
    with sqlite3.connect(data / "archive.sqlite3") as database:
        return {
            table: database.execute(f"SELECT count(*) FROM archive_{table}").fetchone()[0]
            for table in ("article", "original", "revision", "batcharticle", "indextask")
        }


def lines(number):
    return "".join(
        json.dumps(
            {
                "headline": f"Story {n}",
                "published_at": "2019-07-10T22:07:00Z",
                "body": "Text of it.",
                "source_key": f"k{n}",
            }
        )
        + "\n"
        for n in range(number)
    )


@pytest.mark.django_db
class TestStories:
    def test_every_story_of_an_archive_is_accounted_for(self, tmp_path):
        path = tmp_path / "all.tar.gz"
        path.write_bytes(
            samples.tarred(**{"a.sgm": samples.REUTERS, "b.sgm": samples.REUTERS, "c.jpg": b"\xff\xd8\xff"})
        )
        report = ingest([path], make_source(), publish=True)
        assert report.counts() == {
            "read": 7, "new": 3, "changed": 0, "unchanged": 3, "duplicate": 0, "kept as draft": 0, "skipped": 1,
        }  # fmt: skip
        batch = Batch.objects.get()
        assert (batch.new, batch.unchanged, batch.rejected) == (3, 3, 1)
        assert batch.finished_at is not None
        assert BatchReject.objects.get().name == "all.tar.gz/c.jpg"
        assert sorted(bytes(o.content)[:8] for o in Original.objects.all()) == [b"<REUTERS"] * 3
        again = ingest([path], make_source(), publish=True)
        assert (again.outcomes["new"], again.outcomes["unchanged"]) == (0, 6)

    def test_deferred_stories_wait_to_be_read(self, tmp_path):
        from archive.desk import authority, retagging

        authority.register_name(kind="person", name="Mirvan Takhti Rahim")
        (tmp_path / "a.txt").write_text(STORY)
        ingest([tmp_path / "a.txt"], make_source(), publish=True, defer=True)
        article = Article.objects.get()
        assert article.mentions.count() == 0
        assert ReadingTask.objects.get().article_ids == [article.pk]
        assert IndexTask.objects.filter(article_id=article.pk).exists()
        retagging.work_off()
        assert article.mentions.count() >= 1
        assert ReadingTask.objects.get().finished_at is not None

    def test_truncated_archive_gives_what_came_before_and_its_reason(self, tmp_path):
        whole = samples.tarred(
            "w", **{f"{n}.txt": STORY.replace("Sable", f"Sable {n}").encode() for n in range(30)}
        )
        path = tmp_path / "cut.tar"
        path.write_bytes(whole[: 1024 * 20 + 100])
        report = ingest([path], make_source())
        assert report.outcomes["new"] > 5
        assert "it is damaged or cut off" in report.skipped[0].reason

    def test_story_that_the_database_refuses_is_named_and_the_rest_goes_on(self, tmp_path, monkeypatch):
        from archive.desk import accept

        kept = accept.save_new

        def refuse(articles, **options):
            if any(article.headline == "Story 3" for article, _ in articles):
                raise ValueError("no")
            kept(articles, **options)

        monkeypatch.setattr(accept, "save_new", refuse)
        (tmp_path / "a.jsonl").write_text(lines(6))
        report = ingest([tmp_path / "a.jsonl"], make_source())
        assert (report.outcomes["new"], report.skipped_count) == (5, 1)
        assert BatchReject.objects.get().reason == "The archive could not keep it. The log says why."

    def test_lower_version_never_replaces_a_higher_one(self, tmp_path):
        path = tmp_path / "a.json"
        for version, headline in ((4, "Fourth"), (3, "Third"), (5, "Fifth"), (5, "Fifth")):
            path.write_text(json.dumps({"uri": "urn:x", "version": str(version), "headline": headline}))
            ingest([path], make_source())
        article = Article.objects.get()
        assert (article.headline, article.version) == ("Fifth", 2)

    def test_canceled_story_is_withdrawn_and_withheld_one_waits(self, tmp_path):
        path = tmp_path / "a.json"
        fields = {
            "uri": "urn:x",
            "headline": "A",
            "versioncreated": "2019-07-10T22:07:00Z",
            "body_text": "B.",
        }
        path.write_text(json.dumps({**fields, "pubstatus": "withheld"}))
        report = ingest([path], make_source(), publish=True)
        assert "withholds it" in report.held[0].reasons[0]
        path.write_text(json.dumps({**fields, "pubstatus": "usable", "version": "2"}))
        ingest([path], make_source(), publish=True)
        assert Article.objects.get().status == "published"
        path.write_text(json.dumps({**fields, "pubstatus": "canceled", "version": "3"}))
        ingest([path], make_source(), publish=True)
        assert Article.objects.get().status == "withdrawn"

    def test_locked_database_stops_with_what_to_do(self, tmp_path, monkeypatch):
        def locked(*args, **options):
            raise OperationalError("database is locked")

        monkeypatch.setattr(imports, "accept_all", locked)
        (tmp_path / "a.txt").write_text(STORY)
        with pytest.raises(Stopped, match="Another program keeps the database locked"):
            ingest([tmp_path / "a.txt"], make_source())
        assert not Article.objects.exists()
        assert "locked" in Batch.objects.get().error


@pytest.mark.parametrize(
    ("error", "words"),
    [
        ("database or disk is full", "The disk is full"),
        ("disk I/O error", "The disk is full"),
        ("attempt to write a readonly database", "This account may not write"),
        ("unable to open database file", "refused to be written to (unable to open database file)"),
    ],
)
def test_every_refusal_of_the_database_says_what_to_do(error, words):
    assert words in why_not_written(OperationalError(error))


@pytest.fixture
def data(tmp_path):
    folder = tmp_path / "data"
    assert run(folder, "migrate", "-v0")[0] == 0
    return folder


@pytest.mark.slow
def test_two_imports_of_one_file_at_once_have_every_story_once(tmp_path, data):
    path = tmp_path / "a.jsonl.gz"
    path.write_bytes(gzip.compress(lines(2_000).encode()))
    both = [manage(data, "ingest", path, "--publish", "--defer") for _ in range(2)]
    for process in both:
        out, err = process.communicate(timeout=300)
        assert process.returncode == 0, err
        assert out.startswith("2,000 read")
    assert counts(data) == {
        "article": 2_000, "original": 2_000, "revision": 2_000, "batcharticle": 2_000, "indextask": 2_000,
    }  # fmt: skip


@pytest.mark.slow
def test_full_disk_stops_with_a_sentence_and_leaves_whole_transactions(tmp_path, data):
    path = tmp_path / "a.jsonl"
    path.write_text(lines(5_000))
    limit = (data / "archive.sqlite3").stat().st_size + 3_000_000
    code, out, err = run(
        data, "ingest", path, "--defer",
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)),
    )  # fmt: skip
    assert code != 0
    assert "Traceback" not in err
    assert "Free some space, then run the same command again" in err
    before = counts(data)
    assert 0 < before["article"] < 5_000
    assert len(set(before.values())) == 1
    code, out, err = run(data, "ingest", path, "--defer")
    assert code == 0, err
    assert f"{5_000 - before['article']:,} new" in out
    assert counts(data)["article"] == 5_000


def body(number):
    """Return text that packs as text does: a monotonous archive is taken for a bomb."""
    return " ".join(hashlib.sha256(f"{number} {n}".encode()).hexdigest() for n in range(30))


@pytest.mark.slow
def test_large_archive_comes_in_with_bounded_memory(tmp_path, data):
    path = tmp_path / "a.jsonl.gz"
    with gzip.open(path, "wt") as file:
        for n in range(20_000):
            file.write(json.dumps({"headline": f"S {n}", "body": body(n), "source_key": f"k{n}"}) + "\n")
    code, out, err = run(
        data, "ingest", path, "--defer",
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (1_200_000_000,) * 2),
    )  # fmt: skip
    assert code == 0, err
    assert "20,000 new" in out
