"""Imports in the admin: shown, downloaded, undone; and uploads of files with several stories."""

import io
import json
import zipfile

import pytest
from django.urls import reverse

from archive.desk import correct, reparse
from archive.desk.imports import undo
from archive.desk.ingest import ingest
from archive.desk.originals import in_order_received
from archive.models import Article, Batch, BatchItem, Original
from tests.admin.copies import COPY, SECOND
from tests.wire import samples

pytestmark = pytest.mark.django_db


@pytest.fixture
def batch(source, tmp_path):
    (tmp_path / "a.txt").write_text(COPY)
    (tmp_path / "b.jsonl").write_bytes(samples.JSONL + b"{broken\n")
    return ingest(sorted(tmp_path.iterdir()), source, publish=True, origin="inbox").batch


def test_import_is_listed_and_shown_with_reasons(client_of, batch):
    client = client_of("archivist")
    assert "4 read, 3 new, 1 refused" in client.get(reverse("admin:batches")).content.decode()
    page = client.get(batch.get_absolute_url()).content.decode()
    assert "b.jsonl, line 3" in page
    assert "its syntax is broken" in page
    assert "Ministers agree to close cooperation" in page
    assert "Undo it for 3 articles" in page


def test_rejects_are_downloaded_as_lines_and_as_zip(client_of, batch):
    client = client_of("archivist")
    address = reverse("admin:batch_rejects", args=[batch.pk])
    lines = b"".join(client.get(address).streaming_content).decode().splitlines()
    assert [json.loads(line)["name"] for line in lines] == ["b.jsonl, line 3"]
    packed = zipfile.ZipFile(io.BytesIO(client.get(address, {"as": "zip"}).content))
    assert packed.namelist() == ["reasons.jsonl", "000001.txt"]
    assert packed.read("000001.txt") == b"{broken"


@pytest.mark.parametrize(("role", "status"), [("contributor", 403), ("staff", 403), ("archivist", 200)])
def test_imports_are_for_archivists(client_of, batch, role, status):
    client = client_of(role)
    for address in (
        reverse("admin:batches"),
        batch.get_absolute_url(),
        reverse("admin:batch_rejects", args=[batch.pk]),
    ):
        assert client.get(address).status_code == status


def test_undo_withdraws_what_was_new_and_keeps_the_trail(client_of, batch):
    response = client_of("archivist").post(batch.get_absolute_url(), follow=True)
    assert "Undone: 3 withdrawn." in response.content.decode()
    assert not Article.objects.published().exists()
    revision = Article.objects.get(source_key="varra:2").revisions.latest()
    assert revision.history_change_reason == f"Undone: import {batch.pk}."
    assert revision.history_user.username == "archivist"
    batch.refresh_from_db()
    assert batch.undone_by.username == "archivist"
    assert Original.objects.count() == 3


def test_undo_gives_changed_articles_back_what_they_said(source, tmp_path, batch):
    path = tmp_path / "again.jsonl"
    path.write_text(
        json.dumps({"headline": "Second, changed", "published_on": "2019-07-11", "source_key": "varra:2"})
    )
    second = ingest([path], source, publish=True).batch
    article = Article.objects.get(source_key="varra:2")
    assert (article.headline, second.changed) == ("Second, changed", 0)
    second.refresh_from_db()
    assert second.changed == 1
    assert str(undo(second, by=None)) == "1 as they were before"
    article.refresh_from_db()
    assert (article.headline, article.body_text, article.version) == ("Second", "Text here.", 3)
    assert article.is_public
    assert article.curated == []
    assert str(undo(second, by=None)) == "nothing to undo"


def test_undo_leaves_what_was_changed_since(source, tmp_path, batch):
    path = tmp_path / "again.jsonl"
    path.write_text(json.dumps({"headline": "Two", "published_on": "2019-07-11", "source_key": "varra:2"}))
    second = ingest([path], source).batch
    path.write_text(json.dumps({"headline": "Three", "published_on": "2019-07-11", "source_key": "varra:2"}))
    ingest([path], source)
    assert str(undo(second, by=None)) == "1 left"
    assert Article.objects.get(source_key="varra:2").headline == "Three"


def test_what_was_undone_comes_in_again(source, tmp_path, batch):
    assert str(undo(batch, by=None)) == "3 withdrawn"
    report = ingest([tmp_path / "a.txt", tmp_path / "b.jsonl"], source, publish=True)
    assert (report.outcomes["changed"], report.outcomes["new"]) == (3, 0)
    assert Article.objects.published().count() == 3
    report = ingest([tmp_path / "a.txt", tmp_path / "b.jsonl"], source, publish=True)
    assert report.outcomes == {"unchanged": 3}


def test_what_a_person_withdrew_after_an_undo_stays_withdrawn(source, tmp_path, batch):
    undo(batch, by=None)
    article = Article.objects.get(source_key="varra:2")
    correct.publish(article, by=None)
    correct.withdraw(article, by=None, why="Wrong.")
    ingest([tmp_path / "b.jsonl"], source, publish=True)
    article.refresh_from_db()
    assert not article.is_public


def test_undone_change_is_not_read_again_and_comes_in_again(source, tmp_path, batch):
    path = tmp_path / "again.jsonl"
    path.write_text(json.dumps({"headline": "Two", "published_on": "2019-07-11", "source_key": "varra:2"}))
    undo(ingest([path], source).batch, by=None)
    article = Article.objects.get(source_key="varra:2")
    assert article.headline == "Second"
    assert not [each for each in reparse.read_again(Article.objects.all()) if each.is_changed]
    assert ingest([path], source).outcomes == {"changed": 1}
    article.refresh_from_db()
    assert article.headline == "Two"


def versions(path, *numbers):
    fields = {"uri": "urn:varra:9", "versioncreated": "2019-07-11T10:00:00Z", "body_text": "Text here."}
    path.write_text(
        "".join(json.dumps({**fields, "version": n, "headline": f"V{n}"}) + "\n" for n in numbers)
    )
    return path


def test_several_versions_of_one_import_are_undone_together(source, tmp_path):
    first = ingest([versions(tmp_path / "1.jsonl", 1)], source, publish=True).batch
    second = ingest([versions(tmp_path / "2.jsonl", 2, 3)], source, publish=True).batch
    article = Article.objects.get()
    assert article.headline == "V3"
    assert str(undo(second, by=None)) == "1 as they were before"
    article.refresh_from_db()
    assert (article.headline, article.is_public) == ("V1", True)
    assert [json.loads(bytes(each.content))["version"] for each in in_order_received(article)] == [1]
    assert ingest([tmp_path / "2.jsonl"], source, publish=True).outcomes == {"changed": 2}
    article.refresh_from_db()
    assert article.headline == "V3"
    assert str(undo(first, by=None)) == "1 withdrawn"


def test_several_versions_that_one_import_brought_come_in_again(source, tmp_path):
    batch = ingest([versions(tmp_path / "1.jsonl", 1, 2)], source, publish=True).batch
    assert str(undo(batch, by=None)) == "1 withdrawn"
    assert ingest([tmp_path / "1.jsonl"], source, publish=True).outcomes == {"unchanged": 1, "changed": 1}
    article = Article.objects.get()
    assert (article.headline, article.is_public) == ("V2", True)


def test_undone_withdrawal_gives_its_story_back_and_takes_it_again(source, tmp_path):
    killed, kill = tmp_path / "a.jsonl", tmp_path / "b.jsonl"
    for path, mark, day in ((killed, "", 10), (kill, "KILL: ", 11)):
        fields = {"headline": f"{mark}Ferry sank", "published_on": f"2019-07-{day}", "body": f"Text {day}."}
        path.write_text(json.dumps(fields))
    ingest([killed], source, publish=True)
    batch = ingest([kill], source, publish=True).batch
    story = Article.objects.get(headline="Ferry sank")
    assert not story.is_public
    assert str(undo(batch, by=None)) == "1 withdrawn"
    story.refresh_from_db()
    assert story.is_public
    ingest([kill], source, publish=True)
    story.refresh_from_db()
    assert not story.is_public


def test_file_of_several_stories_is_reviewed_story_by_story(client_of, upload, decide):
    client = client_of("archivist")
    batch = upload(
        client, [("wire.zip", samples.zipped(**{"a.txt": COPY.encode(), "b.txt": SECOND.encode(), "c": b""}))]
    )
    page = client.get(batch.get_absolute_url())
    assert [row.item.headline for row in page.context["rows"]] == [
        "Ministers agree to close cooperation",
        "Ferry to Ossa runs again",
    ]
    assert page.context["rows"][0].as_received
    assert "c: The file is empty." in page.content.decode()
    decide(client, batch, "publish")
    assert Article.objects.published().count() == 2
    assert sorted(bytes(original.content) for original in Original.objects.all()) == sorted(
        [COPY.encode(), SECOND.encode()]
    )
    assert {bytes(item.content) for item in BatchItem.objects.all()} == {b""}
    assert str(undo(batch, by=None)) == "2 withdrawn"


def test_upload_of_too_many_stories_is_cut_with_a_reason(client_of, upload, monkeypatch):
    monkeypatch.setattr("archive.desk.batches.MAX_STORIES_IN_A_FILE", 2)
    batch = upload(client_of("archivist"), [("many.jsonl", samples.JSONL * 2)])
    assert BatchItem.objects.filter(file__batch=batch).count() == 2
    assert "Take larger files in with “manage.py ingest”." in batch.files.get().refusal


def test_imports_are_no_uploads(client_of, batch):
    client = client_of("archivist")
    assert client.get(reverse("admin:upload_review", args=[batch.pk])).status_code == 404
    assert not Batch.objects.filter(kind="upload").exists()


def test_undo_of_a_large_import_goes_on_where_it_stopped(client_of, batch, monkeypatch):
    monkeypatch.setattr("archive.desk.imports.ARTICLES_PER_TRANSACTION", 1)
    monkeypatch.setattr("archive.admin.batches.MOST_UNDONE_AT_ONCE", 2)
    client = client_of("archivist")
    response = client.post(batch.get_absolute_url(), follow=True)
    assert f"press again, or run “manage.py undo_import {batch.pk}”" in response.content.decode()
    batch.refresh_from_db()
    assert batch.undone_at is None
    client.post(batch.get_absolute_url())
    batch.refresh_from_db()
    assert batch.undone_at is not None
    assert not Article.objects.published().exists()
