"""Correcting, publishing and withdrawing in the admin."""

import datetime

import pytest
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.urls import reverse

from archive.desk import correct
from archive.models import Article
from tests.admin.copies import COPY, SECOND, UNDATED

pytestmark = pytest.mark.django_db

LIST = "admin:archive_article_changelist"


@pytest.fixture
def article(client_of, upload, decide):
    client = client_of("archivist", "owner")
    decide(client, upload(client, [("a.txt", COPY.encode())]), "publish")
    return Article.objects.get()


def page_of(article) -> str:
    return reverse("admin:archive_article_change", args=[article.pk])


def posted(client, article, **changes) -> dict:
    form = client.get(page_of(article)).context["adminform"].form
    data = {field.html_name: field.value() or "" for field in form}
    return data | changes


def test_unchanged_form_saves_nothing(client_of, article):
    client = client_of("archivist")
    assert client.post(page_of(article), posted(client, article)).status_code == 302
    assert article.revisions.count() == 1


def test_contributor_reads_a_published_article_as_text(client_of, article):
    response = client_of("contributor").get(page_of(article))
    assert response.status_code == 200
    assert article.headline in response.content.decode()
    assert 'name="headline"' not in response.content.decode()


def test_correction_is_a_revision_with_who_and_why(client_of, article):
    client = client_of("archivist")
    changes = {"headline": "Ministers agree on water", "time": "22:17", "why": "The desk rang."}
    client.post(page_of(article), posted(client, article, **changes))
    article.refresh_from_db()
    assert article.headline == "Ministers agree on water"
    assert article.published_at == datetime.datetime(2019, 7, 10, 17, 47, tzinfo=datetime.UTC)
    assert article.curated == ["headline", "published_at"]
    revision = article.revisions.first()
    assert (revision.history_user.username, revision.history_change_reason) == ("archivist", "The desk rang.")


def test_correction_of_a_published_article_needs_a_reason(client_of, article):
    client = client_of("archivist")
    response = client.post(page_of(article), posted(client, article, headline="Other", why=" "))
    assert response.status_code == 200
    assert "say why it changes" in response.content.decode()
    article.refresh_from_db()
    assert article.headline == "Ministers agree to close cooperation"


@pytest.mark.parametrize("field", ["headline", "day"])
def test_published_article_keeps_headline_and_day(client_of, article, field):
    client = client_of("archivist")
    response = client.post(page_of(article), posted(client, article, why="Because.", **{field: ""}))
    assert response.status_code == 200
    assert "This field is required" in response.content.decode()


def test_change_by_another_meanwhile_is_not_overwritten(client_of, article):
    client = client_of("archivist")
    data = posted(client, article, headline="Mine", why="Because.")
    correct.edit(article, {"headline": "Theirs"}, by=None, why="First.")
    response = client.post(page_of(article), data)
    assert "Somebody else changed this article" in response.content.decode()
    article.refresh_from_db()
    assert article.headline == "Theirs"


def test_hostile_body_is_cleaned(client_of, article):
    correct.edit(article, {"body_html": "<h2>Part</h2><p>Text.</p>"}, by=None, why="Structure.")
    client = client_of("archivist")
    body = '<h2>Part</h2><p onclick="x()">Text.<script>alert(1)</script></p>'
    client.post(page_of(article), posted(client, article, body=body, why="Because."))
    article.refresh_from_db()
    assert "script" not in article.body_html
    assert "onclick" not in article.body_html


def test_markup_typed_into_plain_paragraphs_is_text(client_of, article):
    client = client_of("archivist")
    client.post(page_of(article), posted(client, article, body="<b>Bold</b> & so on", why="Because."))
    article.refresh_from_db()
    assert article.body_html == "<p>&lt;b&gt;Bold&lt;/b&gt; &amp; so on</p>"


def test_publishing_asks_why_then_publishes(client_of, upload, decide):
    client = client_of("archivist")
    decide(client, upload(client, [("a.txt", COPY.encode()), ("b.txt", SECOND.encode())]), "accept")
    chosen = list(Article.objects.values_list("pk", flat=True))
    data = {"action": "publish_articles", ACTION_CHECKBOX_NAME: chosen, "index": "0"}
    question = client.post(reverse(LIST), data)
    assert b"Leave as they are" in question.content
    assert Article.objects.published().count() == 0
    data = {"action": "publish_articles", ACTION_CHECKBOX_NAME: chosen, "decided": "yes", "why": "Checked."}
    answer = client.post(reverse(LIST), data, follow=True)
    assert "2 articles published." in answer.content.decode()
    assert Article.objects.published().count() == 2
    assert Article.objects.first().revisions.first().history_change_reason == "Checked."


def test_publishing_without_a_day_is_refused_by_name(client_of, upload, decide):
    client = client_of("archivist")
    decide(client, upload(client, [("a.txt", UNDATED.encode())]), "accept")
    article = Article.objects.get()
    data = {
        "action": "publish_articles",
        ACTION_CHECKBOX_NAME: [article.pk],
        "decided": "yes",
        "why": "Checked.",
    }
    answer = client.post(reverse(LIST), data, follow=True).content.decode()
    assert "“Harbour dues to rise” was kept as a draft. It has no day" in answer
    assert Article.objects.published().count() == 0


def test_withdrawing_needs_a_reason(client_of, article):
    client = client_of("archivist")
    data = {"action": "withdraw_articles", ACTION_CHECKBOX_NAME: [article.pk], "decided": "yes", "why": ""}
    assert "This field is required" in client.post(reverse(LIST), data).content.decode()
    article.refresh_from_db()
    assert article.status == "published"
    client.post(reverse(LIST), data | {"why": "It was wrong."})
    article.refresh_from_db()
    assert article.status == "withdrawn"
    assert article.revisions.first().history_change_reason == "It was wrong."


def test_history_says_who_when_why_and_what(client_of, article):
    client = client_of("archivist")
    client.post(page_of(article), posted(client, article, headline="Ministers <agree>", why="The desk rang."))
    page = client.get(reverse("admin:archive_article_history", args=[article.pk])).content.decode()
    for text in ("The desk rang.", "archivist", "Version 2", "Received as a.txt.", "Ministers &lt;agree&gt;"):
        assert text in page
    assert "Ministers agree to close cooperation" in page


def test_list_is_filtered_by_status_and_warnings(client_of, upload, decide, article):
    client = client_of("archivist")
    decide(client, upload(client, [("b.txt", SECOND.encode())]), "accept")
    drafts = client.get(reverse(LIST), {"status__exact": "draft"}).context["cl"].queryset
    assert [row.headline for row in drafts] == ["Ferry to Ossa runs again"]
    doubtful = client.get(reverse(LIST), {"doubts": "yes"}).context["cl"].queryset
    assert [row.headline for row in doubtful] == ["Ministers agree to close cooperation"]
    found = client.get(reverse(LIST), {"q": "ferry"}).context["cl"].queryset
    assert [row.headline for row in found] == ["Ferry to Ossa runs again"]


@pytest.mark.parametrize("count", [2, 12])
def test_list_takes_as_many_queries_for_many_as_for_few(
    client_of, upload, decide, django_assert_max_num_queries, count
):
    client = client_of("archivist")
    files = [(f"{n}.txt", COPY.replace("Ministers", f"Ministers {n}").encode()) for n in range(count)]
    decide(client, upload(client, files), "accept")
    with django_assert_max_num_queries(14):
        assert len(client.get(reverse(LIST)).context["cl"].result_list) == count
