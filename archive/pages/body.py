"""A story's body as readers see it: the sanitised text with the names in it linked."""

from collections.abc import Iterable

from django.utils.safestring import SafeString, mark_safe

from archive.models import Mention
from archive.wire.markup import Annotation, annotate


def body_with_names(body_html: str, mentions: Iterable[Mention]) -> SafeString:
    """Return the body with each mention linked to the page of its name.

    `body_html` must be as `archive.wire.sanitize` left it, which is what the database holds: this is one of
    the two places that mark text as safe. `mentions` come with their entities; headlines are left alone.
    """
    links = [_link(mention) for mention in mentions if mention.part == Mention.Part.BODY]
    return mark_safe(annotate(body_html, links))  # noqa: S308 - clean before, and annotate escapes


def _link(mention: Mention) -> Annotation:
    entity = mention.entity
    attributes = (
        ("class", "name"),
        ("href", entity.get_absolute_url()),
        ("title", f"{entity.name}, {entity.get_kind_display()}"),
    )
    return Annotation(mention.start, mention.end, "a", attributes)
