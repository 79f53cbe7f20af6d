import html
import re

import pytest
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from hypothesis import given
from hypothesis import strategies as st

from archive.search.highlight import SNIPPET_CHARS, Span, filled, mark, snippet

SPANS = st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60)).map(lambda p: Span(min(p), max(p), 0)))


def test_text_is_escaped_and_hits_are_marked():
    assert mark('<b>AT&T "rises"', [Span(3, 7, 0)]) == "&lt;b&gt;<mark>AT&amp;T</mark> &quot;rises&quot;"


def test_overlapping_hits_become_one():
    assert (
        mark("close cooperation now", [Span(0, 17, 0), Span(6, 17, 1)])
        == "<mark>close cooperation</mark> now"
    )


@given(st.text(max_size=60), SPANS)
def test_nothing_but_marks_is_markup(text, spans):
    spans = [Span(min(s.start, len(text)), min(s.end, len(text)), 0) for s in spans]
    marked = mark(text, spans)
    assert html.unescape(re.sub("</?mark>", "", marked)) == text
    assert "<" not in re.sub("</?mark>", "", marked)


def test_snippet_shows_the_passage_with_most_different_hits():
    text = "alpha " * 100 + "beta gamma " + "delta " * 100
    start = text.index("beta")
    shown = snippet(
        text, [Span(0, 5, 0), Span(6, 11, 0), Span(start, start + 4, 1), Span(start + 5, start + 10, 2)]
    )
    assert "<mark>beta</mark> <mark>gamma</mark>" in shown
    assert shown.startswith("… ")
    assert shown.endswith(" …")


def test_snippet_without_hits_is_the_beginning():
    assert snippet("Short text.", []) == "Short text."
    assert snippet("word " * 200, []).startswith("word word")


@given(st.text(max_size=2_000), st.lists(st.tuples(st.integers(0, 1_999), st.integers(1, 9)), max_size=20))
def test_snippet_is_never_long(text, places):
    spans = sorted(Span(min(s, len(text)), min(s + n, len(text)), n) for s, n in places)
    shown = html.unescape(re.sub("</?mark>", "", snippet(text, spans)))
    assert len(shown) <= SNIPPET_CHARS + 4


@pytest.mark.parametrize("hostile", ['<img src=x onerror="alert(1)">', "<mark>", "&lt;script&gt;", "{0}{}"])
@pytest.mark.parametrize("far", [0, 1_000])
def test_snippet_holds_no_markup_of_the_text(hostile, far):
    text = "word " * far + f"alpha {hostile} beta" + " word" * far
    at = text.index("alpha")
    shown = snippet(text, [Span(at, at + 5, 0), Span(at + 7 + len(hostile), at + 11 + len(hostile), 1)])
    assert shown.count("<mark>") == shown.count("</mark>") == 2
    bare = shown.replace("<mark>", "").replace("</mark>", "")
    assert "<" not in bare
    assert hostile in html.unescape(bare)
    assert isinstance(shown, SafeString)


FORMS = st.sampled_from(["<p>{}</p>", '<a href="{}">{}</a>', "<hr>", "{{}}{}"])
CELLS = (
    st.text(max_size=9)
    | st.sampled_from(["<b>", "a\0b", "&amp;", "'\"", "{}", "%s"])
    | st.builds(mark_safe, st.just("<i>&amp;</i>"))
)


@given(st.lists(st.tuples(FORMS, CELLS, CELLS), max_size=6))
def test_forms_are_filled_in_as_format_html_does(rows):
    forms = [(form, cells[: form.replace("{{}}", "").count("{}")]) for form, *cells in rows]
    shown = filled(forms)
    assert shown == "".join(format_html(form, *cells) if cells else form for form, cells in forms)
    assert isinstance(shown, SafeString)
