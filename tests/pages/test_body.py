"""A body with names linked and hits marked is markup of ours around a body that was clean before."""

import re

import pytest
from django.utils.safestring import SafeString

from archive.models import Mention
from archive.pages.body import body_with_names
from archive.search.highlight import Span
from archive.wire.sanitize import clean
from tests.factories import make_article, make_entity, make_mention

pytestmark = pytest.mark.django_db
HOSTILE = [
    '"><script>alert(1)</script>',
    "' onmouseover='alert(1)",
    "<b>Rahim</b>",
    "&lt;i&gt;",
]


@pytest.mark.parametrize("hostile", HOSTILE)
def test_name_cannot_bring_markup(hostile):
    body = "<p>Talks with Rahim ended &lt;today&gt;.</p>"
    article = make_article(body=body)
    mention = make_mention(article, make_entity("Rahim"), "Rahim")
    mention.entity.name = hostile
    shown = body_with_names(body, [mention], [Span(0, 5, 0)])
    assert isinstance(shown, SafeString)
    assert set(re.findall(r"</?([a-z]+)", shown)) == {"p", "a", "mark"}
    assert not re.search(r"<a [^<>]*\bon[a-z]+=", re.sub(r'"[^"]*"', '""', shown))
    # What we put there taken away, the clean body is left.
    assert re.sub(r'</?(?:a|mark)(?: [a-z]+="[^"]*")*>', "", shown) == body


@pytest.mark.parametrize("hostile", HOSTILE)
def test_body_stays_as_it_was_cleaned(hostile):
    body = clean(f"<p>Rahim said {hostile} and left.</p>")
    assert body_with_names(body, []) == body
    marked = body_with_names(body, [], [Span(0, 5, 0)])
    assert marked.replace('<mark id="hit-1" tabindex="-1">', "").replace("</mark>", "") == body


def test_headline_mentions_are_left_alone():
    article = make_article(body="<p>Rahim said so.</p>")
    mention = make_mention(article, make_entity("Rahim"), "Rahim")
    mention.part = Mention.Part.HEADLINE
    assert body_with_names("<p>Rahim said so.</p>", [mention]) == "<p>Rahim said so.</p>"
