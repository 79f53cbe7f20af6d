"""Saved searches: kept for a reader, private, and able to tell what is new."""

import xml.etree.ElementTree as ElementTree

import pytest
from django.contrib.auth import get_user_model
from django.test import Client

from archive.models import Article, SavedSearch
from archive.search import indexer, saved
from tests.factories import make_article

pytestmark = pytest.mark.django_db
ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture
def member(db):
    return get_user_model().objects.create_user("reader", password="a long password 123")


@pytest.fixture
def client(member):
    client = Client(raise_request_exception=False)
    client.force_login(member)
    return client


@pytest.fixture
def indexed(wire):
    indexer.rebuild()
    return wire


def keep(client, question="q=treaty"):
    assert client.post("/saved/new/", {"question": question}).url == "/saved/"
    return SavedSearch.objects.latest("pk")


def test_search_is_saved_with_text_question_and_tree(client, indexed):
    search = keep(client, "q=treaty+from:Varra&person=mirvan-takhti-rahim&page=3")
    assert search.text == "treaty from:Varra"
    assert search.question == "q=treaty+from%3AVarra&person=mirvan-takhti-rahim"
    assert search.grammar_version == 2
    assert search.tree["children"][0] == {"is": "Word", "text": "treaty"}
    assert search.name == "Articles filed from Varra, naming Mirvan Takhti Rahim, with “treaty”"


def test_same_search_is_kept_once_and_an_empty_one_not_at_all(client, indexed):
    keep(client)
    keep(client)
    client.post("/saved/new/", {"question": ""})
    client.post("/saved/new/", {})
    assert SavedSearch.objects.count() == 1


def test_new_stories_are_counted_until_they_were_looked_at(client, indexed):
    search = keep(client)
    assert [news.count for news in client.get("/saved/").context["news"]] == [0]
    make_article("A treaty on reefs", on="1950-01-01")
    make_article("Treaty drafted", status="draft")
    make_article("Something else")
    indexer.rebuild()
    page = client.get("/saved/")
    assert [news.count for news in page.context["news"]] == [1]
    assert "Show 1 new" in page.content.decode()
    assert client.post(f"/saved/{search.pk}/look/").url == "/search/?q=treaty&sort=newest"
    assert [news.count for news in client.get("/saved/").context["news"]] == [0]


def test_story_changed_after_it_was_seen_is_not_new(client, indexed):
    keep(client)
    article = Article.objects.get(slug="treaty-signed")
    article.headline, article._change_reason = "Treaty signed at last", "a better headline"
    article.save()
    indexer.rebuild()
    assert [news.count for news in client.get("/saved/").context["news"]] == [0]


def test_count_is_missing_while_the_index_is_silent(client, indexed, monkeypatch):
    from archive.search.errors import SearchUnavailable

    keep(client)
    make_article("A treaty on reefs")

    def broken(sq):
        raise SearchUnavailable("gone")

    monkeypatch.setattr(saved, "ask", broken)
    assert "being mended" in client.get("/saved/").content.decode()


def test_feed_has_the_newest_stories_and_needs_only_its_secret(client, reader, indexed):
    search = keep(client)
    answer = reader.get(search.feed_url)
    assert answer.status_code == 200
    assert "no-store" in answer.headers["Cache-Control"]
    feed = ElementTree.fromstring(b"".join(answer.streaming_content))
    assert [entry.find(f"{ATOM}title").text for entry in feed.findall(f"{ATOM}entry")] == [
        "Treaty in force",
        "Treaty signed",
    ]
    assert len(search.token) >= 40


def test_feed_ends_with_its_search_and_with_the_account(client, reader, indexed, member):
    search = keep(client)
    member.is_active = False
    member.save()
    assert reader.get(search.feed_url).status_code == 404
    member.is_active = True
    member.save()
    client.force_login(member)
    client.post(f"/saved/{search.pk}/delete/")
    assert reader.get(search.feed_url).status_code == 404
    assert reader.get("/saved/guess.atom").status_code == 404


def test_searches_of_others_cannot_be_touched(client, indexed):
    search = keep(client)
    other = Client()
    other.force_login(get_user_model().objects.create_user("other"))
    assert other.post(f"/saved/{search.pk}/look/").status_code == 404
    assert other.post(f"/saved/{search.pk}/delete/").status_code == 404
    assert other.get("/saved/").context["news"] == []
    assert SavedSearch.objects.count() == 1


@pytest.mark.parametrize("address", ["/saved/", "/saved/new/", "/saved/1/look/", "/saved/1/delete/"])
def test_stranger_is_asked_to_sign_in(reader, db, address):
    answer = reader.get(address) if address == "/saved/" else reader.post(address)
    assert answer.status_code == 302
    assert answer.url.startswith("/sign-in/")


@pytest.mark.parametrize("address", ["/saved/new/", "/saved/1/look/", "/saved/1/delete/", "/sign-out/"])
def test_changes_are_never_made_by_get(client, address):
    assert client.get(address).status_code == 405


def test_reader_signs_in_and_out(reader, member, indexed):
    wrong = reader.post("/sign-in/", {"username": "reader", "password": "wrong"})
    assert "do not fit together" in wrong.content.decode()
    right = {"username": "reader", "password": "a long password 123"}
    assert reader.post("/sign-in/", right).url == "/saved/"
    assert "Save this search" in reader.get("/search/?q=treaty").content.decode()
    assert reader.post("/sign-out/").url == "/"
    assert "Save this search" not in reader.get("/search/?q=treaty").content.decode()


def test_sign_in_does_not_lead_to_other_sites(reader, member):
    form = {"username": "reader", "password": "a long password 123", "next": "https://evil.example/"}
    assert reader.post("/sign-in/", form).url == "/saved/"


def test_passwords_cannot_be_guessed_quickly(reader, member, settings):
    from archive.pages import limits

    settings.ARCHIVE_RATE_LIMIT = 24
    limits.buckets.forget()
    form = {"username": "reader", "password": "wrong"}
    assert [reader.post("/sign-in/", form).status_code for _ in range(4)] == [200, 200, 200, 429]
    limits.buckets.forget()


def test_too_many_searches_are_refused_with_a_sentence(client, indexed, monkeypatch):
    monkeypatch.setattr(saved, "MOST_SAVED", 1)
    keep(client)
    answer = client.post("/saved/new/", {"question": "q=other"})
    assert answer.status_code == 400
    assert "delete one first" in answer.content.decode()
