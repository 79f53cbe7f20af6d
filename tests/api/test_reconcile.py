"""The reconciliation service, asked as OpenRefine asks."""

import json

import pytest
from django.test import Client

from archive.desk.authority import register_name
from archive.desk.correct import withdraw
from archive.desk.merging import merge
from archive.models import Entity
from tests.desk.stories import take_in

pytestmark = pytest.mark.django_db
URL = "/api/reconcile/"


@pytest.fixture
def client():
    return Client(raise_request_exception=False)


@pytest.fixture
def names():
    rahim = register_name(
        kind="person",
        name="Mirvan Takhti Rahim",
        spellings=["Takhti-Rahim"],
        description="Envoy",
        wikidata="Q42",
    )
    bank = register_name(kind="organisation", name="Central Bank of Varra")
    return {"rahim": rahim, "bank": bank}


def ask(client, queries, method="post"):
    answer = getattr(client, method)(URL, {"queries": json.dumps(queries)})
    assert answer.status_code == 200, answer.content
    return answer.json()


def test_manifest_says_what_the_service_can_do(client):
    answer = client.get(URL)
    manifest = answer.json()
    assert manifest["versions"] == ["0.1", "0.2"]
    assert manifest["view"]["url"] == "http://testserver/names/{{id}}/"
    assert manifest["identifierSpace"] == "http://testserver/names/"
    assert [kind["id"] for kind in manifest["defaultTypes"]] == list(Entity.Kind.values)
    assert manifest["suggest"]["entity"] == {
        "service_url": "http://testserver/api/reconcile",
        "service_path": "/suggest/entity",
    }
    assert answer.headers["Access-Control-Allow-Origin"] == "*"


@pytest.mark.parametrize("method", ["get", "post"])
def test_batch_is_answered_by_key(client, names, method):
    answers = ask(client, {"q0": {"query": "Mirvan Takhti Rahim"}, "q1": {"query": "Nobody At All"}}, method)
    assert answers["q0"]["result"] == [
        {
            "id": "mirvan-takhti-rahim",
            "name": "Mirvan Takhti Rahim",
            "description": "Envoy",
            "score": 100.0,
            "match": True,
            "type": [{"id": "person", "name": "person"}],
        }
    ]
    assert answers["q1"] == {"result": []}


@pytest.mark.parametrize(
    ("text", "found", "match"),
    [
        ("Takhtirahim", True, True),
        ("takhti rahim", True, True),
        ("Rahim, Mirvan Takhti", True, True),
        ("Mirvan Takhti Raheem", True, None),
        ("Iraq", False, None),
        ("", False, None),
        ("\0", False, None),
    ],
)
def test_spellings_are_matched_as_the_archive_does(client, names, text, found, match):
    results = ask(client, {"q": {"query": text}})["q"]["result"]
    assert bool(results) == found
    if match is not None:
        assert results[0]["match"] == match


def test_two_names_of_one_spelling_are_no_match(client, names):
    register_name(kind="person", name="Mirvan Takhti Rahim")
    results = ask(client, {"q": {"query": "Mirvan Takhti Rahim"}})["q"]["result"]
    assert [(result["id"], result["match"]) for result in results] == [
        ("mirvan-takhti-rahim", False),
        ("mirvan-takhti-rahim-2", False),
    ]


@pytest.mark.parametrize(
    ("kind", "found"), [("person", 1), (["person", "place"], 1), ("place", 0), ([], 1), ("spaceship", 0)]
)
def test_kind_narrows_the_answers(client, names, kind, found):
    results = ask(client, {"q": {"query": "Takhti Rahim", "type": kind}})["q"]["result"]
    assert len(results) == found


def test_identifier_finds_and_refutes(client, names):
    known = {"query": "Somebody Else", "properties": [{"pid": "wikidata", "v": "Q42"}]}
    refuted = {
        "query": "Mirvan Takhti Rahim",
        "properties": [{"pid": "wikidata", "v": "Q7"}, {"pid": "x", "v": []}],
    }
    answers = ask(client, {"a": known, "b": refuted})
    assert (answers["a"]["result"][0]["id"], answers["a"]["result"][0]["match"]) == (
        "mirvan-takhti-rahim",
        True,
    )
    assert answers["b"]["result"][0]["match"] is False


def test_merged_name_is_answered_with_the_one_it_became(client, names):
    merge(names["rahim"], register_name(kind="person", name="M. T. Ravan"), by=None)
    results = ask(client, {"q": {"query": "Mirvan Takhti Rahim"}})["q"]["result"]
    assert [result["id"] for result in results] == ["m-t-ravan"]


@pytest.mark.parametrize(
    "queries",
    [
        "",
        "{",
        "[]",
        "7",
        "[" * 5_000,
        '{"q": 1}',
        '{"q": {}}',
        '{"q": {"query": 1}}',
        '{"q": {"query": "x", "limit": 0}}',
        '{"q": {"query": "x", "limit": true}}',
        '{"q": {"query": "x", "limit": "5"}}',
        '{"q": {"query": "x", "type": {}}}',
        '{"q": {"query": "x", "type": [1]}}',
        json.dumps({f"q{n}": {"query": "x"} for n in range(51)}),
        json.dumps({"q": {"query": "x" * 100_001}}),
    ],
    ids=range(15),
)
def test_what_cannot_be_read_is_refused_in_json(client, names, queries):
    answer = client.post(URL, {"queries": queries})
    if queries == "":
        assert answer.json()["versions"]
        return
    assert answer.status_code == 400
    assert answer.json()["status"] == "error"


def test_limit_bounds_the_answers(client):
    for number in range(8):
        register_name(kind="person", name=f"Lena Moss{'abcdefgh'[number]}")
    asked = {f"q{limit}": {"query": "Lena Mossa", "limit": limit} for limit in (1, 3, 10_000)}
    answers = ask(client, asked)
    assert [len(answers[key]["result"]) for key in asked] == [1, 3, len(answers["q10000"]["result"])]
    assert 3 < len(answers["q10000"]["result"]) <= 25


def test_nothing_is_written_and_other_methods_are_refused(client, names):
    assert client.put(URL).status_code == 405
    assert client.delete(URL).status_code == 405
    assert Client(enforce_csrf_checks=True).post(URL, {"queries": "{}"}).status_code == 200


@pytest.mark.parametrize(
    ("prefix", "ids"),
    [
        ("takh", ["mirvan-takhti-rahim"]),
        ("CENTRAL", ["central-bank-of-varra"]),
        ("x", []),
        ("", []),
        ("\0", []),
    ],
)
def test_entities_are_suggested_by_any_spelling(client, names, prefix, ids):
    answer = client.get(URL + "suggest/entity", {"prefix": prefix})
    assert [each["id"] for each in answer.json()["result"]] == ids


def test_kinds_are_suggested(client):
    answer = client.get(URL + "suggest/type", {"prefix": "P"})
    assert [each["id"] for each in answer.json()["result"]] == ["person", "place"]


@pytest.mark.parametrize("cursor", ["-1", "x", "99999", "²"])
def test_nonsense_cursor_is_refused(client, cursor):
    assert client.get(URL + "suggest/entity", {"prefix": "a", "cursor": cursor}).status_code == 400


def test_preview_is_a_card_that_others_may_frame(client, names):
    take_in("Mirvan Takhti Rahim spoke.")
    answer = client.get(URL + "preview", {"id": "mirvan-takhti-rahim"})
    assert "1 article" in answer.content.decode()
    assert "Wikidata Q42" in answer.content.decode()
    assert "X-Frame-Options" not in answer.headers
    assert "frame-ancestors *" in answer.headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in client.get("/").headers["Content-Security-Policy"]


@pytest.mark.parametrize("slug", ["", "nobody", "<script>", "\0"])
def test_preview_of_nobody_is_refused(client, slug):
    assert client.get(URL + "preview", {"id": slug}).status_code == 400


# --- data extension -----------------------------------------------------------------------------------------


def extend(client, slugs, *properties):
    asked = json.dumps({"ids": slugs, "properties": [{"id": each} for each in properties]})
    answer = client.post(URL, {"extend": asked})
    assert answer.status_code == 200, answer.content
    return answer.json()


def test_manifest_offers_columns_and_where_to_ask_for_them(client):
    manifest = client.get(URL).json()
    proposed = manifest["extend"]["propose_properties"]
    answer = client.get(proposed["service_url"] + proposed["service_path"], {"type": "person", "limit": "3"})
    assert answer.json() == {
        "type": "person",
        "limit": 3,
        "properties": [
            {"id": "kind", "name": "Kind"},
            {"id": "description", "name": "Description"},
            {"id": "spellings", "name": "Spellings"},
        ],
    }
    suggested = manifest["suggest"]["property"]
    answer = client.get(suggested["service_url"] + suggested["service_path"], {"prefix": "wiki"})
    assert answer.json() == {"result": [{"id": "wikidata", "name": "Wikidata number"}]}


def test_names_are_extended_by_what_is_known_of_them(client, names):
    take_in("Mirvan Takhti Rahim spoke.", day="June 14, 2001")
    take_in("Mirvan Takhti Rahim left.", day="January 2, 2003")
    every = ("kind", "description", "spellings", "wikidata", "viaf", "articles", "first", "last")
    answer = extend(client, ["mirvan-takhti-rahim", "nobody"], *every)
    assert [each["id"] for each in answer["meta"]] == list(every)
    assert answer["rows"]["mirvan-takhti-rahim"] == {
        "kind": [{"id": "person", "name": "person"}],
        "description": [{"str": "Envoy"}],
        "spellings": [{"str": "Mirvan Takhti Rahim"}, {"str": "Takhti-Rahim"}],
        "wikidata": [{"str": "Q42"}],
        "viaf": [],
        "articles": [{"int": 2}],
        "first": [{"date": "2001-06-14"}],
        "last": [{"date": "2003-01-02"}],
    }
    assert answer["rows"]["nobody"] == {each: [] for each in every}


def test_merged_name_is_extended_by_the_one_it_became(client, names):
    other = register_name(kind="person", name="Mirwan Takhti")
    merge(other, names["rahim"], by=None, why="the same")
    answer = extend(client, ["mirwan-takhti"], "wikidata", "spellings")
    assert answer["rows"]["mirwan-takhti"]["wikidata"] == [{"str": "Q42"}]


def test_withdrawn_stories_extend_nothing(client, names):
    withdraw(take_in("Mirvan Takhti Rahim spoke."), by=None, why="wrong")
    answer = extend(client, ["mirvan-takhti-rahim"], "articles", "first")
    assert answer["rows"]["mirvan-takhti-rahim"] == {"articles": [{"int": 0}], "first": []}


@pytest.mark.parametrize(
    "asked",
    [
        "{",
        "[]",
        "{}",
        '{"ids": "x", "properties": []}',
        '{"ids": [1], "properties": []}',
        '{"ids": [], "properties": ["kind"]}',
        '{"ids": [], "properties": [{"id": "password"}]}',
        '{"ids": [], "properties": [{}]}',
        json.dumps({"ids": ["x"] * 201, "properties": []}),
        json.dumps({"ids": [], "properties": [{"id": "kind"}] * 21}),
        "[" * 50_000,
        '{"ids": ["' + "x" * 100_001 + '"], "properties": []}',
    ],
)
def test_extension_that_cannot_be_read_is_refused_in_json(client, names, asked):
    answer = client.post(URL, {"extend": asked})
    assert answer.status_code == 400
    assert answer.json()["status"] == "error"
    assert answer.headers["Access-Control-Allow-Origin"] == "*"


def test_hostile_ids_are_nobody(client, names):
    slugs = ["\0", "x" * 500, "", "../admin"]
    assert extend(client, slugs, "kind")["rows"] == {slug: {"kind": []} for slug in slugs}
