"""Upload, review, accept, report."""

import datetime
import hashlib

import pytest
from django.test import Client, override_settings
from django.urls import reverse
from django.utils import timezone

from archive.desk import batches, correct
from archive.models import Article, Batch, BatchFile, BatchItem, BylineCode, IndexTask, Original, Source
from tests.admin.copies import COPY, SECOND, UNDATED

pytestmark = pytest.mark.django_db


def only_item(batch) -> BatchItem:
    return BatchItem.objects.get(file__batch=batch)


def test_staging_changes_nothing_in_the_archive(client_of, upload):
    upload(client_of("contributor"), [("a.txt", COPY.encode())])
    assert Article.objects.count() == Original.objects.count() == IndexTask.objects.count() == 0


def test_review_shows_what_was_read(client_of, upload):
    client = client_of("archivist")
    batch = upload(client, [("a.txt", COPY.encode())])
    page = client.get(batch.get_absolute_url()).content.decode()
    assert "Ministers agree to close cooperation" in page
    assert "July 10, 2019 - 22:7" in page
    assert "10 July 2019, 22:07 (Asia/Tehran, +04:30)" in page
    assert "Tehran" in page
    assert "NA reported" in page
    assert "PA edited" in page
    assert "agreed on Wednesday" in page
    assert "22:7" in page


def test_review_marks_known_and_ambiguous_names(client_of, upload):
    from archive.desk.authority import register_name

    register_name(kind="person", name="Mirvan Takhti Rahim")
    client = client_of("archivist")
    batch = upload(client, [("a.txt", COPY.encode())])
    page = client.get(batch.get_absolute_url()).content.decode()
    assert '<mark class="person" title="Mirvan Takhti Rahim, person">Mirvan Takhti Rahim</mark>' in page
    register_name(kind="person", name="Mirvan Takhti Rahim", description="his grandson")
    page = client.get(batch.get_absolute_url()).content.decode()
    assert '<mark class="ambiguous"' in page


def test_review_marks_the_parts_of_the_original(client_of, upload):
    client = client_of("archivist")
    batch = upload(client, [("a.txt", COPY.encode("utf-16"))])
    row = client.get(batch.get_absolute_url()).context["rows"][0]
    assert [(piece.note, piece.text) for piece in row.as_received if piece.kind][:3] == [
        ("headline", "Ministers agree to close cooperation"),
        ("timestamp", "July 10, 2019 - 22:7"),
        ("dateline", "TEHRAN"),
    ]
    assert row.as_received[-1][::2] == ("NA/PA", "sign-off")


def test_accepting_as_draft_keeps_the_bytes(client_of, upload, decide):
    client = client_of("contributor")
    content = b"\xef\xbb\xbf" + COPY.replace("\n", "\r\n").encode()
    batch = upload(client, [("a.txt", content)])
    response = decide(client, batch, "accept")
    assert response.url == reverse("admin:upload_report", args=[batch.pk])
    article = Article.objects.get()
    assert article.status == "draft"
    original = article.originals.get()
    assert bytes(original.content) == content
    assert original.sha256 == hashlib.sha256(content).hexdigest()
    assert original.name == "a.txt"
    assert bytes(BatchFile.objects.get().content) == b""


def test_accepting_and_publishing_shows_the_article(client_of, upload, decide):
    client = client_of("archivist")
    batch = upload(client, [("a.txt", COPY.encode())])
    decide(client, batch, "publish")
    article = Article.objects.get()
    assert article.status == "published"
    assert article.revisions.get().history_user.username == "archivist"
    report = client.get(reverse("admin:upload_report", args=[batch.pk])).content.decode()
    assert "1 read, 1 new." in report
    assert article.get_absolute_url() in report


def test_mended_fields_are_kept_and_curated(client_of, upload, decide):
    client = client_of("archivist")
    batch = upload(client, [("a.txt", COPY.encode())])
    key = f"item-{only_item(batch).pk}"
    changes = {
        f"{key}-headline": "Ministers agree on water",
        f"{key}-time": "23:15",
        f"{key}-place": "Varra",
        f"{key}-sign_off": "NA",
        f"{key}-body": "First & <b>only</b> paragraph.\r\n\r\nSecond.",
    }
    decide(client, batch, "publish", changes)
    article = Article.objects.get()
    assert article.headline == "Ministers agree on water"
    assert article.published_at == datetime.datetime(2019, 7, 10, 18, 45, tzinfo=datetime.UTC)
    assert article.published_on == datetime.date(2019, 7, 10)
    assert article.place == "Varra"
    assert article.body_text == "First & <b>only</b> paragraph.\n\nSecond."
    assert article.body_html == "<p>First &amp; &lt;b&gt;only&lt;/b&gt; paragraph.</p><p>Second.</p>"
    assert [credit.code for credit in article.credits.all()] == ["NA"]
    assert {"headline", "published_at", "place", "sign_off", "body_html", "body_text"} <= set(article.curated)
    assert "timestamp" not in article.curated
    assert article.slug == "ministers-agree-on-water"


def test_check_again_keeps_what_was_mended(client_of, upload, decide):
    client = client_of("contributor")
    batch = upload(client, [("a.txt", UNDATED.encode())])
    item = only_item(batch)
    page = client.get(batch.get_absolute_url())
    assert "It has no day" in page.content.decode()
    response = decide(client, batch, "check", {f"item-{item.pk}-day": "2020-01-02"})
    assert response.status_code == 302
    page = client.get(batch.get_absolute_url()).content.decode()
    assert "It has no day" not in page
    assert "2 January 2020, no time (Asia/Tehran)" in page
    item.refresh_from_db()
    assert item.fixes == {"day": "2020-01-02"}
    assert Article.objects.count() == 0


def test_text_as_it_was_read_is_no_fix(client_of, upload, decide):
    client = client_of("contributor")
    batch = upload(client, [("a.txt", COPY.encode())])
    decide(client, batch, "check")
    assert only_item(batch).fixes == {}
    assert only_item(batch).edition == 0


def test_impossible_day_is_named_and_nothing_is_accepted(client_of, upload, decide):
    client = client_of("contributor")
    batch = upload(client, [("a.txt", COPY.encode()), ("b.txt", SECOND.encode())])
    first = BatchItem.objects.get(file__name="a.txt")
    response = decide(client, batch, "accept", {f"item-{first.pk}-day": "2019-02-31"})
    assert response.status_code == 200
    assert "Enter a valid date" in response.content.decode()
    assert [article.headline for article in Article.objects.all()] == ["Ferry to Ossa runs again"]
    first.refresh_from_db()
    assert first.state == "waiting"


def test_unticked_articles_wait(client_of, upload, decide):
    client = client_of("contributor")
    batch = upload(client, [("a.txt", COPY.encode()), ("b.txt", SECOND.encode())])
    first = BatchItem.objects.get(file__name="a.txt")
    decide(client, batch, "accept", untick=[first.pk])
    assert Article.objects.get().headline == "Ferry to Ossa runs again"
    assert str(batches.count(batch)) == "2 read, 1 new, 1 waiting"
    report = client.get(reverse("admin:upload_report", args=[batch.pk])).content.decode()
    assert "Review the 1 that waits" in report


def test_publishing_without_a_day_keeps_a_draft_and_says_so(client_of, upload, decide):
    client = client_of("archivist")
    batch = upload(client, [("a.txt", UNDATED.encode())])
    decide(client, batch, "publish")
    assert Article.objects.get().status == "draft"
    report = client.get(reverse("admin:upload_report", args=[batch.pk])).content.decode()
    assert "It has no day" in report


REFUSED = [
    ("empty.txt", b"", "The file is empty"),
    ("photo.txt", bytes(range(256)) * 8, "not text"),
    ("copy.zip", b"PK\x03\x04" + b"\x00" * 60, "its list of contents is damaged or cut off"),
    ("page.pdf", b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", "does not read"),
]


@pytest.mark.parametrize(("name", "content", "reason"), REFUSED)
def test_unreadable_file_is_refused_by_name(client_of, upload, decide, name, content, reason):
    client = client_of("contributor")
    batch = upload(client, [(name, content), ("good.txt", COPY.encode())])
    page = client.get(batch.get_absolute_url()).content.decode()
    assert name in page
    assert reason in page
    decide(client, batch, "accept")
    assert Article.objects.count() == 1
    assert str(batches.count(batch)) == "2 read, 1 new, 1 refused"


@override_settings(ARCHIVE_MAX_UPLOAD_BYTES=100)
def test_over_size_file_is_refused_unread(client_of, upload):
    batch = upload(client_of("contributor"), [("big.txt", COPY.encode())])
    file = batch.files.get()
    assert "at most 100 are read" in file.refusal
    assert bytes(file.content) == b""
    assert file.size_bytes == len(COPY.encode())


def test_too_many_files_are_refused_together(client_of, source):
    from django.core.files.uploadedfile import SimpleUploadedFile

    client = client_of("contributor")
    with override_settings(ARCHIVE_MAX_UPLOAD_FILES=1):
        files = [SimpleUploadedFile(f"{number}.txt", COPY.encode()) for number in range(2)]
        response = client.post(reverse("admin:upload"), {"source": source.pk, "files": files})
    assert response.status_code == 400
    assert "at most 1 can be reviewed" in response.content.decode()
    assert Batch.objects.count() == 0


@pytest.mark.parametrize("missing", ["source", "copy"])
def test_upload_without_source_or_copy_says_so(client_of, source, missing):
    client = client_of("contributor")
    data = {"text": COPY} if missing == "source" else {"source": source.pk, "text": " \r\n"}
    response = client.post(reverse("admin:upload"), data)
    assert response.status_code == 400
    expected = "Source: This field is required." if missing == "source" else "Choose at least one file"
    assert expected in response.content.decode()
    as_json = client.post(reverse("admin:upload"), data, headers={"accept": "application/json"})
    assert as_json.status_code == 400
    assert len(as_json.json()["errors"]) == 1


def test_script_gets_the_review_address(client_of, source):
    client = client_of("contributor")
    response = client.post(
        reverse("admin:upload"), {"source": source.pk, "text": COPY}, headers={"accept": "application/json"}
    )
    assert response.json() == {"url": Batch.objects.get().get_absolute_url()}


def test_pasted_text_is_one_article_however_often(client_of, upload, decide):
    client = client_of("contributor")
    batch = upload(client, text=COPY.replace("\n", "\r\n"))
    decide(client, batch, "accept")
    assert bytes(Original.objects.get().content) == COPY.encode()
    again = upload(client, text=COPY)
    page = client.get(again.get_absolute_url()).content.decode()
    assert "already here, unchanged" in page
    decide(client, again, "accept")
    assert Article.objects.count() == 1
    assert str(batches.count(again)) == "1 read, 1 unchanged"


def test_same_bytes_from_another_source_are_a_duplicate(client_of, upload, decide):
    client = client_of("contributor")
    decide(client, upload(client, [("a.txt", COPY.encode())]), "accept")
    other = Source.objects.create(slug="other", name="Other", zone="Asia/Tehran")
    batch = upload(client, [("b.txt", COPY.encode())], source=other.pk)
    page = client.get(batch.get_absolute_url()).content.decode()
    article = Article.objects.get()
    assert reverse("admin:archive_article_change", args=[article.pk]) in page
    decide(client, batch, "accept")
    assert Article.objects.count() == 1
    assert str(batches.count(batch)) == "1 read, 1 duplicate"


def test_double_submit_accepts_once(client_of, upload, decide):
    client = client_of("archivist")
    batch = upload(client, [("a.txt", COPY.encode())])
    page = client.get(batch.get_absolute_url())
    first = decide(client, batch, "publish", page=page)
    second = decide(client, batch, "publish", page=page)
    assert first.url == second.url
    article = Article.objects.get()
    assert article.version == 1
    assert article.revisions.count() == 1


def test_item_decided_by_another_stays_as_decided(client_of, user_of, upload):
    batch = upload(client_of("contributor"), [("a.txt", COPY.encode())])
    stale = only_item(batch)
    first, second = user_of("archivist", "one"), user_of("archivist", "two")
    was_seen = batches.seen(batches.preview_item(stale))
    batches.accept_item(only_item(batch), by=first, publish=True, edition=0, was_seen=was_seen)
    result = batches.accept_item(stale, by=second, publish=True, edition=0, was_seen=was_seen)
    assert result.state == "accepted"
    assert Article.objects.get().revisions.get().history_user == first


def test_two_archivists_do_not_overwrite_each_other(client_of, upload, decide):
    one, two = client_of("archivist", "one"), client_of("archivist", "two")
    batch = upload(one, [("a.txt", COPY.encode())])
    key = f"item-{only_item(batch).pk}"
    seen_by_two = two.get(batch.get_absolute_url())
    decide(one, batch, "check", {f"{key}-headline": "The first one's headline"})
    response = decide(two, batch, "publish", {f"{key}-headline": "The second one's"}, page=seen_by_two)
    assert "Somebody else mended this meanwhile" in response.content.decode()
    assert only_item(batch).fixes == {"headline": "The first one's headline"}
    assert Article.objects.count() == 0


def test_archive_that_changed_since_the_review_is_not_overwritten(client_of, upload, decide):
    client = client_of("archivist")
    batch = upload(client, [("a.txt", COPY.encode())])
    changed = COPY.replace("closely on water", "closely on ferries")
    page = client.get(batch.get_absolute_url())
    decide(client, upload(client, [("b.txt", changed.encode())]), "publish")
    decide(client, batch, "publish", page=page)
    item = only_item(batch)
    assert item.state == "waiting"
    assert "It changed since you looked" in item.error
    assert "on ferries" in Article.objects.get().body_text


def test_changed_copy_becomes_the_next_version(client_of, upload, decide):
    client = client_of("archivist")
    decide(client, upload(client, [("a.txt", COPY.encode())]), "publish")
    batch = upload(client, [("a.txt", COPY.replace("on water", "on ferries").encode())])
    assert "changes an article" in client.get(batch.get_absolute_url()).content.decode()
    decide(client, batch, "accept")
    article = Article.objects.get()
    assert article.version == 2
    assert article.status == "published"
    assert "on ferries" in article.body_text


@pytest.mark.parametrize("status", ["published", "withdrawn"])
def test_contributor_cannot_change_what_readers_saw(client_of, user_of, upload, decide, status):
    archivist, contributor = client_of("archivist"), client_of("contributor")
    decide(archivist, upload(archivist, [("a.txt", COPY.encode())]), "publish")
    if status == "withdrawn":
        correct.withdraw(Article.objects.get(), by=None, why="Wrong.")
    batch = upload(contributor, [("a.txt", COPY.replace("on water", "on ferries").encode())])
    page = contributor.get(batch.get_absolute_url())
    assert f"would change an article that is {status}" in page.content.decode()
    decide(contributor, batch, "accept", {f"item-{only_item(batch).pk}-accept": "on"})
    assert only_item(batch).state == "waiting"
    assert "on water" in Article.objects.get().body_text


def test_leaving_out_keeps_nothing(client_of, upload, decide):
    client = client_of("contributor")
    batch = upload(client, [("a.txt", COPY.encode())])
    decide(client, batch, "leave")
    assert Article.objects.count() == 0
    assert str(batches.count(batch)) == "1 read, 1 left out"


def test_unknown_code_is_registered_on_the_spot(client_of, upload, decide):
    client = client_of("archivist")
    batch = upload(client, [("a.txt", COPY.encode())])
    key = f"item-{only_item(batch).pk}"
    changes = {"code-PA": "Pari Amin", f"{key}-headline": "Mended meanwhile"}
    decide(client, batch, "register-PA", changes)
    assert BylineCode.objects.get().contributor.name == "Pari Amin"
    page = client.get(batch.get_absolute_url()).content.decode()
    assert "PA edited: Pari Amin" in page
    assert "Mended meanwhile" in page


def test_unknown_code_without_a_name_is_not_registered(client_of, upload, decide):
    client = client_of("archivist")
    batch = upload(client, [("a.txt", COPY.encode())])
    response = decide(client, batch, "register-PA", {"code-PA": " "})
    assert BylineCode.objects.count() == 0
    assert "PA was not registered" in client.get(response.url).content.decode()


def test_fault_in_one_article_does_not_stop_the_others(client_of, upload, decide, monkeypatch):
    accept = batches.accept

    def faulty(record, **values):
        if record.headline.startswith("Ministers"):
            raise RuntimeError("disk full")
        return accept(record, **values)

    monkeypatch.setattr(batches, "accept", faulty)
    client = client_of("archivist")
    batch = upload(client, [("a.txt", COPY.encode()), ("b.txt", SECOND.encode())])
    decide(client, batch, "publish")
    assert Article.objects.get().headline == "Ferry to Ossa runs again"
    assert str(batches.count(batch)) == "2 read, 1 new, 1 waiting"
    report = client.get(reverse("admin:upload_report", args=[batch.pk])).content.decode()
    assert "kept nothing of it" in report
    assert "disk full" not in report


def test_hostile_copy_is_shown_as_text(client_of, upload):
    client = client_of("archivist")
    hostile = COPY.replace("Ministers agree", "<script>alert(1)</script>").replace(
        "Passengers", "<img src=x>"
    )
    batch = upload(client, [('"><svg onload=alert(1)>.txt', hostile.encode())])
    page = client.get(batch.get_absolute_url()).content.decode()
    assert "<script>alert" not in page
    assert "<svg onload" not in page


def test_stale_uploads_are_forgotten_and_reports_stay(client_of, upload, decide):
    client = client_of("archivist")
    decided = upload(client, [("a.txt", COPY.encode()), ("empty.txt", b"")])
    decide(client, decided, "accept")
    waiting = upload(client, [("b.txt", SECOND.encode())])
    fresh = upload(client, [("c.txt", SECOND.encode())])
    long_ago = timezone.now() - datetime.timedelta(days=batches.STALE_AFTER_DAYS, minutes=1)
    Batch.objects.filter(pk__in=[decided.pk, waiting.pk]).update(uploaded_at=long_ago)
    client.get(reverse("admin:upload"))
    assert set(Batch.objects.all()) == {decided, fresh}
    assert str(batches.count(decided)) == "2 read, 1 new, 1 refused"
    assert Article.objects.count() == 1


def test_upload_needs_the_token(user_of, source):
    client = Client(enforce_csrf_checks=True)
    client.force_login(user_of("archivist"))
    assert client.post(reverse("admin:upload"), {"source": source.pk, "text": COPY}).status_code == 403
    assert Batch.objects.count() == 0


def test_review_keeps_no_files_in_memory(client_of, upload):
    """A page of fifty files of 20 MB each would be a gigabyte."""
    client = client_of("archivist")
    batch = upload(client, [("a.txt", COPY.encode()), ("b.txt", SECOND.encode())])
    rows = client.get(batch.get_absolute_url()).context["rows"]
    assert len(rows) == 2
    for row in rows:
        assert "content" in row.item.get_deferred_fields()
        assert "content" in row.item.file.get_deferred_fields()
        assert row.as_received
