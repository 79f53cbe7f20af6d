"""A story's body as readers see it: the sanitised text with the names in it linked and hits marked."""

from collections.abc import Iterable

from django.utils.safestring import SafeString, mark_safe

from archive.models import Mention
from archive.pages.related import Place
from archive.search.highlight import Span
from archive.wire.markup import Annotation, annotate


def body_with_names(body_html: str, mentions: Iterable[Place], hits: Iterable[Span] = ()) -> SafeString:
    """Return the body with each mention linked to the page of its name, and `hits` marked as #hit-1, ...

    `body_html` must be as `archive.wire.sanitize` left it, which is what the database holds: this is one of
    the two places that mark text as safe. `mentions` are places where names stand; headlines are left alone.
    """
    links = [_link(mention) for mention in mentions if mention.part == Mention.Part.BODY]
    marks = [_mark(number, hit) for number, hit in enumerate(hits, 1)]
    return mark_safe(annotate(body_html, [*links, *marks]))  # noqa: S308 - clean before, and annotate escapes


def _mark(number: int, hit: Span) -> Annotation:
    return Annotation(hit.start, hit.end, "mark", (("id", f"hit-{number}"), ("tabindex", "-1")))


def _link(mention: Place) -> Annotation:
    entity = mention.entity
    attributes = (
        ("class", "name"),
        ("href", entity.get_absolute_url()),
        ("title", f"{entity.name}, {entity.get_kind_display()}"),
    )
    return Annotation(mention.start, mention.end, "a", attributes)
