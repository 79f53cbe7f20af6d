"""How much an anonymous connection may ask for."""

import pytest
from django.contrib.auth import get_user_model
from django.test import RequestFactory

from archive.pages import limits
from archive.search import indexer

pytestmark = pytest.mark.django_db


@pytest.fixture
def limit(settings):
    settings.ARCHIVE_RATE_LIMIT = 30
    limits.buckets.forget()
    yield
    limits.buckets.forget()


def test_bucket_empties_and_fills_with_time():
    now = [0.0]
    buckets = limits.Buckets(clock=lambda: now[0])
    assert [buckets.take("a", 10, 30) for _ in range(4)] == [0, 0, 0, 20]
    assert buckets.take("b", 10, 30) == 0
    now[0] = 19.9
    assert buckets.take("a", 10, 30) == 1
    now[0] = 20.0
    assert buckets.take("a", 10, 30) == 0


def test_request_dearer_than_the_bucket_is_let_through_when_it_is_full():
    buckets = limits.Buckets(clock=lambda: 0.0)
    assert buckets.take("a", 100, 30) == 0
    assert buckets.take("a", 1, 30) == 2


def test_longest_unused_connections_are_forgotten(monkeypatch):
    monkeypatch.setattr(limits, "MOST_CONNECTIONS", 2)
    buckets = limits.Buckets(clock=lambda: 0.0)
    for key in ("a", "b", "c"):
        buckets.take(key, 30, 30)
    assert buckets.take("a", 30, 30) == 0
    assert buckets.take("c", 1, 30) > 0


def test_third_download_in_a_minute_is_told_when_to_come_back(reader, wire, limit):
    indexer.rebuild()
    answers = [reader.get("/search/results.json") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert 0 < int(answers[2].headers["Retry-After"]) <= 60
    assert "One moment, please" in answers[2].content.decode()
    assert reader.get("/search/results.json", REMOTE_ADDR="192.0.2.9").status_code == 200


def test_only_very_long_questions_cost(reader, wire, limit):
    indexer.rebuild()
    assert {reader.get("/search/?q=talks").status_code for _ in range(12)} == {200}
    long = [reader.get("/search/", {"q": "talks " * 100}).status_code for _ in range(8)]
    assert long == [200] * 7 + [429]


def test_signed_in_readers_are_not_limited(reader, wire, limit):
    indexer.rebuild()
    reader.force_login(get_user_model().objects.create_user("reader"))
    assert {reader.get("/search/results.json").status_code for _ in range(4)} == {200}


@pytest.mark.parametrize(
    ("remote", "forwarded", "is_proxied", "key"),
    [
        ("192.0.2.1", "198.51.100.7", False, "192.0.2.1"),
        ("192.0.2.1", "6.6.6.6, 198.51.100.7", True, "198.51.100.7"),
        ("2001:db8::1", "", False, str(0x20010DB8 << 32)),
        ("2001:db8::ffff", "", False, str(0x20010DB8 << 32)),
        ("::ffff:192.0.2.1", "", False, "192.0.2.1"),
        ("", "", False, ""),
        ("192.0.2.1", "x" * 500, True, "x" * 60),
    ],
)
def test_connection_is_an_address_or_a_network(settings, remote, forwarded, is_proxied, key):
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if is_proxied else None
    request = RequestFactory().get("/", REMOTE_ADDR=remote, HTTP_X_FORWARDED_FOR=forwarded)
    assert limits.connection_of(request) == key


def test_passwords_of_the_desk_cannot_be_guessed_quickly(client, limit):
    guess = {"username": "archivist", "password": "guessed"}
    answers = [client.post("/admin/login/", guess).status_code for _ in range(5)]
    assert answers == [200, 200, 200, 429, 429]
    assert client.get("/admin/login/").status_code == 200
