import re
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.wire.html_blocks import CANONICAL_TAGS
from archive.wire.markup import ANNOTATION_TAGS, Annotation, annotate
from archive.wire.sanitize import clean, text_of
from tests.wire.strategies import markup


def mark(start, end):
    return Annotation(start, end, "mark")


def link(start, end, href="/n/1"):
    return Annotation(start, end, "a", (("href", href),))


@pytest.mark.parametrize(
    ("html", "annotations", "expected"),
    [
        ("<p>Rome fell</p>", [mark(0, 4)], "<p><mark>Rome</mark> fell</p>"),
        ("<p>Rome fell</p>", [], "<p>Rome fell</p>"),
        ("<p>Rome</p>", [mark(2, 2), mark(3, 1)], "<p>Rome</p>"),
        ("<p>Rome</p>", [mark(-5, 2), mark(3, 99)], "<p><mark>Ro</mark>m<mark>e</mark></p>"),
        # split at an inner tag
        ("<p>a <b>bc</b> d</p>", [mark(0, 4)], "<p><mark>a </mark><b><mark>bc</mark></b> d</p>"),
        # split at a block; the gap counts two characters
        ("<p>ab</p><p>cd</p>", [mark(1, 5)], "<p>a<mark>b</mark></p><p><mark>c</mark>d</p>"),
        ("<p>ab</p><p>cd</p>", [mark(2, 4)], "<p>ab</p><p>cd</p>"),
        ("<ul><li>a<ul><li>b</li></ul></li></ul><p>c</p>", [mark(3, 4), mark(6, 7)],
         "<ul><li>a<ul><li><mark>b</mark></li></ul></li></ul><p><mark>c</mark></p>"),
        # a break counts one and is not wrapped
        ("<p>a<br>b</p>", [mark(0, 3)], "<p><mark>a</mark><br><mark>b</mark></p>"),
        # escaped signs count one
        ("<p>A&amp;B &lt;C&gt;</p>", [mark(1, 2), mark(4, 6)],
         "<p>A<mark>&amp;</mark>B <mark>&lt;C</mark>&gt;</p>"),
        # nesting: the longer stands outside, whatever the order given
        ("<p>New Rome</p>", [mark(4, 8), link(0, 8)], '<p><a href="/n/1">New <mark>Rome</mark></a></p>'),
        ("<p>Rome</p>", [mark(0, 4), link(0, 4)], '<p><mark><a href="/n/1">Rome</a></mark></p>'),
        # partial overlap: the later one is split
        ("<p>abcdef</p>", [mark(0, 4), Annotation(2, 6, "span")],
         "<p><mark>ab<span>cd</span></mark><span>ef</span></p>"),
        # no link within a link, of the source or of ours
        ('<p><a href="https://x.y/" rel="z">Rome</a> b</p>', [link(0, 6)],
         '<p><a href="https://x.y/" rel="z">Rome</a><a href="/n/1"> b</a></p>'),
        ("<p>abcd</p>", [link(0, 3, "/1"), link(2, 4, "/2")], '<p><a href="/1">abc</a><a href="/2">d</a></p>'),
        # an id goes to the first piece only
        ("<p>a</p><p>b</p>", [Annotation(0, 4, "span", (("id", "q1"), ("class", "quote")))],
         '<p><span id="q1" class="quote">a</span></p><p><span class="quote">b</span></p>'),
        # attribute values are escaped
        ("<p>a</p>", [Annotation(0, 1, "span", (("title", '"><b>&'),))],
         '<p><span title="&quot;&gt;&lt;b&gt;&amp;">a</span></p>'),
    ],
)  # fmt: skip
def test_annotations_are_placed_and_split(html, annotations, expected):
    assert annotate(html, annotations) == expected


@pytest.mark.parametrize(
    "annotation",
    [
        Annotation(0, 1, "script"),
        Annotation(0, 1, "b"),
        Annotation(0, 1, "mark onclick"),
        Annotation(0, 1, "span", (("onclick", "x"),)),
        Annotation(0, 1, "span", (("style", "x"),)),
        Annotation(0, 1, "span", (("a b", "x"),)),
    ],
)
def test_unwanted_elements_are_refused(annotation):
    with pytest.raises(ValueError, match="must not be"):
        annotate("<p>a</p>", [annotation])


class Cover(HTMLParser):
    """Note for each character of the blocks which elements it stands in, and check nesting."""

    def __init__(self):
        super().__init__()
        self.open, self.covers = [], []

    def handle_starttag(self, tag, attributes):
        if tag == "a":
            assert "a" not in [name for name, _ in self.open]
        if tag == "br":
            self.covers.append(None)
        else:
            self.open.append((tag, dict(attributes).get("class")))

    def handle_endtag(self, tag):
        assert self.open.pop()[0] == tag

    def handle_data(self, data):
        classes = {name for _, name in self.open if name}
        self.covers.extend((character, classes, {tag for tag, _ in self.open}) for character in data)


@st.composite
def annotated(draw):
    html = clean(draw(markup))
    size = len(text_of(html))
    offsets = st.integers(-1, size + 1)
    ranges = draw(st.lists(st.tuples(offsets, offsets, st.sampled_from(sorted(ANNOTATION_TAGS))), max_size=8))
    return html, [
        Annotation(start, end, tag, (("class", f"n{number}"),))
        for number, (start, end, tag) in enumerate(ranges)
    ]


@settings(max_examples=400, deadline=None)
@given(annotated())
def test_every_annotated_character_is_covered(given_case):
    html, annotations = given_case
    result = annotate(html, annotations)
    text = text_of(html)
    assert text_of(result) == text
    cover = Cover()
    cover.feed(result)
    cover.close()
    assert cover.open == []
    covers = iter(cover.covers)
    # the gaps between blocks are in the text but not in the markup
    gaps = {place for match in re.finditer("\n\n", text) for place in (match.start(), match.start() + 1)}
    for place, character in enumerate(text):
        if place in gaps:
            continue
        found = next(covers)
        if character == "\n":
            assert found is None
            continue
        wanted = {each.attributes[0][1]: each.tag for each in annotations if each.start <= place < each.end}
        missing = wanted.keys() - found[1]
        assert found[0] == character
        assert found[1] <= wanted.keys()
        assert {wanted[name] for name in missing} <= {"a"}
        assert not missing or "a" in found[2]
    assert next(covers, "end") == "end"
    stripped = re.sub(r"<(\w+) class=\"n\d\">|</(?:abbr|cite|data|mark|span|time)>", "", result)
    assert set(re.findall(r"</?(\w+)", stripped)) <= CANONICAL_TAGS
