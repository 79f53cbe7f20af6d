import warnings
from html.parser import HTMLParser

from bleach._vendor import html5lib
from hypothesis import given, settings

from archive.wire.html_blocks import BLOCK_TAGS, CANONICAL_TAGS
from archive.wire.html_inline import INLINE, LINK_REL
from archive.wire.sanitize import clean, text_of
from tests.wire.strategies import markup

INLINE_HOMES = {"p", "h2", "h3", "h4", "li", "td", "th"}


class Outline(HTMLParser):
    """Check nesting tag by tag, as strict as XML."""

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.open = []

    def handle_starttag(self, tag, attributes):
        assert tag in CANONICAL_TAGS
        if tag == "a":
            assert [name for name, _ in attributes] == ["href", "rel"]
            assert dict(attributes)["href"].startswith(("http://", "https://", "mailto:"))
            assert dict(attributes)["rel"] == LINK_REL
        else:
            assert attributes == []
        if tag in BLOCK_TAGS:
            assert not set(self.open) & (INLINE | {"p", "h2", "h3", "h4"})
        else:
            assert set(self.open) & INLINE_HOMES
            assert tag not in self.open
        if tag != "br":
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        assert set(self.open) & INLINE_HOMES
        assert data == " " or data.strip()

    def handle_comment(self, data):
        raise AssertionError(data)

    handle_decl = handle_pi = unknown_decl = handle_comment


def assert_canonical(html):
    outline = Outline()
    outline.feed(html)
    outline.close()
    assert outline.open == []


def parse_as_browser(html):
    """Parse as the HTML standard says and write the tree out again."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        tree = html5lib.parseFragment(html, treebuilder="etree", namespaceHTMLElements=False)
        return tree, html5lib.serialize(tree, omit_optional_tags=False, quote_attr_values="always")


@settings(max_examples=400, deadline=None)
@given(markup)
def test_clean_html_is_canonical_and_stays_so(source):
    html = clean(source)
    assert_canonical(html)
    assert clean(html) == html


@settings(max_examples=200, deadline=None)
@given(markup)
def test_browser_reads_clean_html_as_written(source):
    html = clean(source)
    tree, written = parse_as_browser(html)
    assert written == html
    assert "".join(tree.itertext()) == text_of(html).replace("\n", "")


@settings(max_examples=200, deadline=None)
@given(markup)
def test_text_has_no_stray_blanks(source):
    text = text_of(clean(source))
    assert text == text.strip()
    assert "  " not in text
    assert " \n" not in text
    assert "\n " not in text
    assert "\n\n\n" not in text
