"""Mutated files of every format: whatever they hold, records, rejects or a WireError come out."""

import json
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from archive import wire
from archive.wire.errors import WireError
from archive.wire.sanitize import clean, text_of
from tests.wire.samples import FILES

ZONES = [ZoneInfo(name) for name in ("UTC", "Asia/Tehran", "Pacific/Kiritimati")]
PIECES = [
    b"", b"\0", b"\xff", b"<", b">", b"&", b"&#0;", b"&#xd800;", b"&nbsp;", b'"', b"\\u0000", b"\\ud800", b"]]>",
    b"<![CDATA[", b"<!DOCTYPE", b"<!--", b"[" * 300, b"{" * 300, b"9" * 400, b"-1", b"null", b"true", b"1e999", b"NaN",
    b"9999-12-31T23:59:59-12:00", b"0001-01-01T00:00:00+14:00", b"\r", b"\n\n", b",", b"\xe2\x80\xae", b"\xcc\x81" * 50,
    b"<script>", b"PK\x03\x04", b"\x1f\x8b", b"</REUTERS>", b"<p>" * 100, b"urn:" + b"x" * 300,
]  # fmt: skip


@st.composite
def mutations(draw):
    """Cut, repeat and overwrite pieces of a valid file."""
    content = FILES[draw(st.sampled_from(sorted(FILES)))]
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(content)))
        end = min(len(content), start + draw(st.sampled_from([0, 1, 2, 8, 60, 500])))
        piece = draw(
            st.one_of(st.sampled_from(PIECES), st.binary(max_size=8), st.just(content[start:end] * 2))
        )
        content = content[:start] + piece + content[end:]
    return content[: draw(st.integers(0, len(content)))] if draw(st.integers(0, 5)) == 0 else content


def check(content, zone):
    stories, refusal = [], "."
    try:
        for each in wire.iter_stories("fuzz", content, zone=zone):
            stories.append(each)
    except WireError as error:
        refusal = error.message
    assert refusal.endswith(".")
    for each in stories:
        each.name.encode()
        if isinstance(each, wire.Reject):
            assert each.reason.endswith(".")
            continue
        record = each.record
        assert record.source_key
        assert len(record.source_key) <= 255
        assert clean(record.body_html) == record.body_html
        assert text_of(record.body_html) == record.body_text
        # What a database takes: no lone surrogates, no zero characters, JSON without NaN.
        json.dumps(dict(record.extra), ensure_ascii=False, allow_nan=False).encode()
        text = record.to_json()
        text.encode()
        assert "\0" not in record.headline + record.body_html + record.place + record.source_key
        assert wire.ArticleRecord.from_json(text) == record


@pytest.mark.parametrize("name", sorted(FILES))
def test_valid_files_pass_the_same_check(name):
    check(FILES[name], ZONES[0])


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(mutations(), st.sampled_from(ZONES))
def test_mutated_files_never_crash_a_reader(content, zone):
    check(content, zone)


@pytest.mark.slow
@settings(max_examples=6_000, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(mutations(), st.sampled_from(ZONES))
def test_many_mutated_files_never_crash_a_reader(content, zone):
    check(content, zone)
