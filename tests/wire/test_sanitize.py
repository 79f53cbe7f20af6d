from urllib.parse import urlsplit

import pytest

from archive.wire import sanitize
from archive.wire.errors import MarkupTooLarge
from archive.wire.html_blocks import MAX_DEPTH, build
from archive.wire.html_inline import LINK_REL
from archive.wire.html_tokens import iter_tokens
from archive.wire.sanitize import clean, paragraphs_to_html, text_of
from tests.wire.test_sanitize_properties import assert_canonical, parse_as_browser

# What it is, foreign HTML, and what is left of it; links are written without their rel here.
HOSTILE = [
    ('event handler', '<p onclick="alert(1)">x</p>',
     '<p>x</p>'),
    ('event handler unquoted', '<b onmouseover=alert(1)>x</b>',
     '<p><b>x</b></p>'),
    ('event handler behind slash', '<p/onclick=alert(1)>x</p>',
     '<p>x</p>'),
    ('event handler behind newline', '<p\nonclick\n=\nalert(1)>x</p>',
     '<p>x</p>'),
    ('image error', '<img src=x onerror=alert(1)>x',
     '<p>x</p>'),
    ('image in quotes', '<img src="x` `<script>alert(1)</script>"` `>x',
     '<p>x</p>'),
    ('body onload', '<body onload=alert(1)>x',
     '<p>x</p>'),
    ('details toggle', '<details open ontoggle=alert(1)>x</details>',
     '<p>x</p>'),
    ('autofocus input', '<input autofocus onfocus=alert(1)>x',
     '<p>x</p>'),
    ('marquee', '<marquee onstart=alert(1)>x</marquee>',
     '<p>x</p>'),
    ('script', '<script>alert(1)</script>x',
     '<p>x</p>'),
    ('script in capitals', '<SCRIPT>alert(1)</SCRIPT>x',
     '<p>x</p>'),
    ('script with attributes', '<script src=//evil.example/x.js></script>x',
     '<p>x</p>'),
    ('script end with blanks', '<script>alert(1)</script\n>x',
     '<p>x</p>'),
    ('script never closed', 'x<script>alert(1)',
     '<p>x</p>'),
    ('script nested in itself', '<scr<script>ipt>alert(1)</scr</script>ipt>x',
     '<p>ipt&gt;alert(1)ipt&gt;x</p>'),
    ('script behind null byte', '<scr\x00ipt>alert(1)</scr\x00ipt>',
     '<p>alert(1)</p>'),
    ('script in script comment', '<script><!--<script></script>x',
     '<p>x</p>'),
    ('script end in string', '<script>"</script>"<img src=x onerror=alert(1)>',
     '<p>"</p>'),
    ('style', '<style>p{background:url(javascript:alert(1))}</style>x',
     '<p>x</p>'),
    ('style attribute', '<p style="background:url(javascript:alert(1))">x</p>',
     '<p>x</p>'),
    ('style with import', '<style>@import "//evil.example";</style>x',
     '<p>x</p>'),
    ('style never closed', 'x<style>p{}',
     '<p>x</p>'),
    ('link stylesheet', '<link rel=stylesheet href=//evil.example/x.css>x',
     '<p>x</p>'),
    ('meta refresh', '<meta http-equiv=refresh content="0;url=javascript:alert(1)">x',
     '<p>x</p>'),
    ('base', '<base href="javascript:alert(1)//">x',
     '<p>x</p>'),
    ('iframe', '<iframe src="javascript:alert(1)"></iframe>x',
     '<p>x</p>'),
    ('iframe srcdoc', '<iframe srcdoc="&lt;script&gt;alert(1)&lt;/script&gt;">hidden</iframe>x',
     '<p>x</p>'),
    ('object', '<object data="javascript:alert(1)">x</object>',
     '<p>x</p>'),
    ('embed', '<embed src="javascript:alert(1)">x',
     '<p>x</p>'),
    ('form action', '<form action="javascript:alert(1)"><button formaction=javascript:alert(1)>x</button></form>',
     '<p>x</p>'),
    ('javascript', '<a href="javascript:alert(1)">x</a>',
     '<p>x</p>'),
    ('javascript in capitals', '<a href="JaVaScRiPt:alert(1)">x</a>',
     '<p>x</p>'),
    ('javascript behind blanks', '<a href=" \n javascript:alert(1)">x</a>',
     '<p>x</p>'),
    ('javascript split by tab', '<a href="java\tscript:alert(1)">x</a>',
     '<p>x</p>'),
    ('javascript split by tab reference', '<a href="java&Tab;script&colon;alert(1)">x</a>',
     '<p>x</p>'),
    ('javascript split by newline reference', '<a href="java&#10;script:alert(1)">x</a>',
     '<p>x</p>'),
    ('javascript in decimal references', '<a href="&#106;&#97;&#118;&#97;&#115;&#99;&#114;&#105;&#112;&#116;&#58;alert(1)">x</a>',
     '<p>x</p>'),
    ('javascript in padded references', '<a href="&#0000106avascript:alert(1)">x</a>',
     '<p>x</p>'),
    ('javascript in hex references', '<a href="&#x6A&#x61&#x76&#x61&#x73&#x63&#x72&#x69&#x70&#x74&#x3A;alert(1)">x</a>',
     '<p>x</p>'),
    ('javascript behind control', '<a href="\x01javascript:alert(1)">x</a>',
     '<p>x</p>'),
    ('javascript behind control reference', '<a href="&#14;javascript:alert(1)">x</a>',
     '<p>x</p>'),
    ('javascript with null byte', '<a href="java\x00script:alert(1)">x</a>',
     '<p>x</p>'),
    ('javascript with soft hyphen', '<a href="java\xadscript:alert(1)">x</a>',
     '<p>x</p>'),
    ('javascript unquoted', '<a href=javascript:alert(1)>x</a>',
     '<p>x</p>'),
    ('javascript in second href', '<a href="https://example.com/" href="javascript:alert(1)">x</a>',
     '<p><a href="https://example.com/">x</a></p>'),
    ('javascript in first href', '<a href="javascript:alert(1)" href="https://example.com/">x</a>',
     '<p>x</p>'),
    ('javascript in xlink', '<a xlink:href="javascript:alert(1)">x</a>',
     '<p>x</p>'),
    ('vbscript', '<a href="vbscript:msgbox(1)">x</a>',
     '<p>x</p>'),
    ('data page', '<a href="data:text/html,<script>alert(1)</script>">x</a>',
     '<p>x</p>'),
    ('data base64', '<a href="data:text/html;base64,PHNjcmlwdD4=">x</a>',
     '<p>x</p>'),
    ('file', '<a href="file:///etc/passwd">x</a>',
     '<p>x</p>'),
    ('scheme-relative', '<a href="//evil.example/">x</a>',
     '<p>x</p>'),
    ('relative', '<a href="/login?next=x">x</a>',
     '<p>x</p>'),
    ('fragment', '<a href="#x">x</a>',
     '<p>x</p>'),
    ('user name as host', '<a href="https://bank.example@evil.example/">x</a>',
     '<p>x</p>'),
    ('backslash host', '<a href="https://evil.example\\@bank.example/">x</a>',
     '<p>x</p>'),
    ('host that normalises', '<a href="https://evil.c\u2100.example/">x</a>',
     '<p>x</p>'),
    ('broken host', '<a href="http://[::1">x</a>',
     '<p>x</p>'),
    ('quote in address', '<a href="https://example.com/&quot;onclick=alert(1)">x</a>',
     '<p><a href="https://example.com/%22onclick=alert(1)">x</a></p>'),
    ('tag in address', '<a href="https://example.com/<script>">x</a>',
     '<p><a href="https://example.com/%3Cscript%3E">x</a></p>'),
    ('ping and target', '<a href="https://example.com/" ping="//evil.example" target=_blank rel=opener>x</a>',
     '<p><a href="https://example.com/">x</a></p>'),
    ('mail', '<a href="MAILTO:desk@example.com?body=%0Abcc">x</a>',
     '<p><a href="mailto:desk@example.com">x</a></p>'),
    ('mail without host', '<a href="mailto:javascript:alert(1)">x</a>',
     '<p>x</p>'),
    ('svg onload', '<svg onload=alert(1)>y</svg>x',
     '<p>x</p>'),
    ('svg script', '<svg><script>alert(1)</script></svg>x',
     '<p>x</p>'),
    ('svg slash', '<svg/onload=alert(1)//>x',
     '<p>x</p>'),
    ('svg self-closing', '<svg/>x',
     '<p>x</p>'),
    ('svg animate', '<svg><a><animate attributeName=href values=javascript:alert(1) /><text>y</text></a></svg>x',
     '<p>x</p>'),
    ('svg foreign object', '<svg><foreignObject><p onclick=alert(1)>y</p></foreignObject></svg>x',
     '<p>x</p>'),
    ('svg style mutation', '<svg></p><style><a id="</style><img src=1 onerror=alert(1)>">',
     ''),
    ('svg never closed', 'x<svg><p>y',
     '<p>x</p>'),
    ('math', '<math><mi xlink:href="javascript:alert(1)">y</mi></math>x',
     '<p>x</p>'),
    ('math mutation', '<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=alert(1)&gt;">',
     ''),
    ('math annotation', '<math><annotation-xml encoding="text/html"><script>alert(1)</script></annotation-xml></math>x',
     '<p>x</p>'),
    ('template', '<template><img src=x onerror=alert(1)></template>x',
     '<p>x</p>'),
    ('template nested', '<template><template></template><p>y</p></template>x',
     '<p>x</p>'),
    ('noscript mutation', '<noscript><p title="</noscript><img src=x onerror=alert(1)>">x',
     '<p>"&gt;x</p>'),
    ('noembed mutation', '<noembed><img title="</noembed><img src onerror=alert(1)>"></noembed>x',
     '<p>"&gt;x</p>'),
    ('textarea mutation', '<textarea><img title="</textarea><img src=x onerror=alert(1)>">x',
     '<p>"&gt;x</p>'),
    ('title mutation', '<title><a title="</title><img src=x onerror=alert(1)>">x',
     '<p>"&gt;x</p>'),
    ('xmp mutation', '<xmp><p title="</xmp><svg/onload=alert(1)>">x',
     ''),
    ('select mutation', '<select><style></select><img src=x onerror=alert(1)></style>x',
     ''),
    ('form table mutation', '<form><math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>',
     ''),
    ('plaintext', 'x<plaintext><p>y</p>',
     '<p>x</p>'),
    ('comment', 'a<!-- <img src=x onerror=alert(1)> -->b',
     '<p>ab</p>'),
    ('comment ended early', '<!--><img src=x onerror=alert(1)>x-->',
     '<p>x--&gt;</p>'),
    ('comment ended by bang', '<!-- --!><img src=x onerror=alert(1)>x',
     '<p>x</p>'),
    ('comment never closed', 'x<!-- <p>y',
     '<p>x</p>'),
    ('conditional comment', '<!--[if IE]><script>alert(1)</script><![endif]-->x',
     '<p>x</p>'),
    ('cdata', '<![CDATA[<img src=x onerror=alert(1)>]]>x',
     '<p>]]&gt;x</p>'),
    ('processing instruction', '<?php echo "<b>"; ?>x',
     '<p>"; ?&gt;x</p>'),
    ('doctype', '<!DOCTYPE html><html><body>x',
     '<p>x</p>'),
    ('end tag with attributes', 'a</p onclick=alert(1)>b',
     '<p>a</p><p>b</p>'),
    ('nameless end tag', 'a</ x>b</>c',
     '<p>abc</p>'),
    ('null bytes', '<\x00p>x</p>\x00y',
     '<p>&lt;p&gt;x</p><p>y</p>'),
    ('attribute in attribute', '<p title="<img src=x onerror=alert(1)>">x</p>',
     '<p>x</p>'),
    ('quote within unquoted', '<p title=a"onclick=alert(1)">x</p>',
     '<p>x</p>'),
    ('unclosed quote', 'x<a href="https://example.com/>y</a><p>z</p>',
     '<p>x</p>'),
    ('unclosed tag', 'x<b',
     '<p>x</p>'),
    ('unclosed tag before tag', 'x<img src=x onerror=alert(1)//<p>y</p>',
     '<p>xy</p>'),
    ('two open signs', '<<script>alert(1)//<</script>x',
     '<p>&lt;x</p>'),
    ('equals sign', '<a ="x" href="https://example.com/">x</a>',
     '<p><a href="https://example.com/">x</a></p>'),
    ('tag in references', '&lt;script&gt;alert(1)&lt;/script&gt;',
     '<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>'),
    ('tag in doubled references', '&amp;lt;script&amp;gt;',
     '<p>&amp;lt;script&amp;gt;</p>'),
    ('references without semicolon', '&ltscript&gtalert(1)',
     '<p>&lt;script&gt;alert(1)</p>'),
    ('huge reference', '&#99999999999999999999;x&#xFFFFFFFFFF;',
     '<p>�x�</p>'),
    ('forbidden references', '&#0;&#x80;&#xD800;&#xFFFE;&#x202E;x',
     '<p>�€�x</p>'),
    ('direction override', 'user\u202egnp.exe',
     '<p>usergnp.exe</p>'),
    ('overlay on sign', '<p>a >\u0338 b</p>',
     '<p>a ≯ b</p>'),
    ('misnested', '<b><i>x</b>y</i>',
     '<p><b><i>x</i></b><i>y</i></p>'),
    ('link in link', '<a href="https://a.example/">x<a href="https://b.example/">y</a></a>',
     '<p><a href="https://a.example/">x</a><a href="https://b.example/">y</a></p>'),
    ('block in inline', '<b><p>x</p></b>',
     '<p><b>x</b></p>'),
    ('block in link', '<a href="https://a.example/"><div>x</div><div>y</div></a>',
     '<p><a href="https://a.example/">x</a></p><p><a href="https://a.example/">y</a></p>'),
    ('paragraph in paragraph', '<p>a<p>b',
     '<p>a</p><p>b</p>'),
    ('list in paragraph', '<p>a<ul><li>b</ul>c',
     '<p>a</p><ul><li>b</li></ul><p>c</p>'),
    ('item without list', '<li>x',
     '<p>x</p>'),
    ('cell without table', '<td>x</td>',
     '<p>x</p>'),
    ('text in table', '<table>a<tr>b<td>c</table>d',
     '<table><tbody><tr><td>a</td></tr><tr><td>b</td><td>c</td></tr></tbody></table><p>d</p>'),
    ('heading levels', '<h1>a</h1><h6>b</h6>',
     '<h2>a</h2><h4>b</h4>'),
    ('breaks', '<br>a<br> b <br/><br>c<br>',
     '<p>a<br>b</p><p>c</p>'),
    ('quotation', '<q>a <q>b</q></q></q>',
     '<p>“a “b””</p>'),
    ('layout', '<div><span>a</span> <font color=red>b</font><hr>c</div>',
     '<p>a b</p><p>c</p>'),
    ('blanks', '  a \n\t <b> b </b> c&nbsp;&nbsp;d ',
     '<p>a <b>b</b> c d</p>'),
    ('form feed in name', '<scr\x0cipt>x',
     '<p>x</p>'),
    ('unicode capitals', '<\u017fcript>alert(1)</\u017fcript>x<\u0131frame>',
     '<p>&lt;\u017fcript&gt;alert(1)x&lt;\u0131frame&gt;</p>'),
    ('script end in look-alike letters', '<script>a</\u017fcript>b</script>x',
     '<p>x</p>'),
    ('signs in text', 'a < b & c > d "e" \'f\'',
     '<p>a &lt; b &amp; c &gt; d "e" \'f\'</p>'),
    ('row without text', '<table><tr><td></td></tr></table>x',
     '<p>x</p>'),
    ('row with an empty cell', '<table><tr><th>a<td></tr></table>',
     '<table><tbody><tr><th>a</th><td></td></tr></tbody></table>'),
    ('nested table', '<table><tr><td>a<table><tr><td>b</table>c</table>',
     '<table><tbody><tr><td>a<table><tbody><tr><td>b</td></tr></tbody></table><p>c</p></td></tr></tbody></table>'),
    ('cell around list', '<table><tr><td><ul><li>a</table>b',
     '<table><tbody><tr><td><ul><li>a</li></ul></td></tr></tbody></table><p>b</p>'),
    ('list end in cell', '<ul><li><table><tr><td>a</ul>b</table>c',
     '<ul><li><table><tbody><tr><td>a<p>b</p></td></tr></tbody></table><p>c</p></li></ul>'),
    ('doubled element', '<b>a<b>b</b>c</b>d',
     '<p><b>abc</b>d</p>'),
    ('element across cells', '<table><tr><td><b>a<td>b</table>c',
     '<table><tbody><tr><td><b>a</b></td><td>b</td></tr></tbody></table><p>c</p>'),
    ('accent behind an element', 'e<b></b>\u0301',
     '<p>é</p>'),
]  # fmt: skip


def with_rel(html):
    return html.replace('">', f'" rel="{LINK_REL}">')


@pytest.mark.parametrize(("name", "source", "expected"), HOSTILE, ids=[name for name, _, _ in HOSTILE])
def test_hostile_markup_is_cleaned(name, source, expected):
    html = clean(source)
    assert html == with_rel(expected)
    assert clean(html) == html
    assert_canonical(html)
    tree, written = parse_as_browser(html)
    assert written == html
    links = [element.get("href") for element in tree.iter("a")]
    assert all(urlsplit(link).scheme in sanitize.SCHEMES for link in links)


@pytest.mark.parametrize(("name", "source", "expected"), HOSTILE, ids=[name for name, _, _ in HOSTILE])
def test_builder_alone_is_a_wall(name, source, expected):
    assert build(iter_tokens(source)) == with_rel(expected)


@pytest.mark.parametrize(
    "source", ["<b>", "<blockquote>", "<ul><li>", "<table><tr><td>", "<svg>", "<q>", "<a href='"]
)
def test_deep_nesting_is_flattened(source):
    html = clean(source * 20_000 + "x")
    assert_canonical(html)
    assert html.count("<") <= 6 * MAX_DEPTH + 2


def test_closed_deep_nesting_keeps_what_follows_outside():
    html = clean("<blockquote>" * 100 + "a" + "</blockquote>" * 100 + "b")
    assert html.endswith("</blockquote><p>b</p>")
    assert text_of(html) == "a\n\nb"


def test_too_long_markup_is_refused():
    with pytest.raises(MarkupTooLarge, match="2,000,001 characters; at most 2,000,000"):
        clean("x" * (sanitize.MAX_HTML_CHARS + 1))


def test_too_many_tags_are_refused_before_bleach():
    with pytest.raises(MarkupTooLarge, match="60,000 tags and special signs; at most 20,000"):
        clean("<p>&amp;</p>" * 20_000)


@pytest.mark.parametrize(
    ("paragraphs", "html"),
    [
        ([], ""),
        (["a < b & c", 'He said "no"'], '<p>a &lt; b &amp; c</p><p>He said "no"</p>'),
        (["&lt;b&gt; &amp;amp;"], "<p>&amp;lt;b&amp;gt; &amp;amp;amp;</p>"),
    ],
)
def test_paragraphs_come_back_as_text(paragraphs, html):
    assert paragraphs_to_html(paragraphs) == html
    assert text_of(html) == "\n\n".join(paragraphs)
    assert clean(html) == html


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("", ""),
        ("<p>a <b>b</b>c<br>d</p><h2>e</h2>", "a bc\nd\n\ne"),
        ("<ul><li>a<ul><li>b</li></ul></li></ul>", "a\n\nb"),
        ("<table><tbody><tr><td>a</td><td></td><td>b</td></tr></tbody></table>", "a\n\nb"),
        ('<p><a href="https://x.y/?a=1&amp;b=2" rel="z"><mark class="hit">a</mark></a></p>', "a"),
    ],
)
def test_text_of_joins_blocks(html, text):
    assert text_of(html) == text
