"""Registers who files copy."""

from archive.desk.slugs import slugify
from archive.models import Source


def get_or_register_source(slug: str, *, name: str = "", zone: str = "UTC", language: str = "en") -> Source:
    """Return the source with this slug, registered with the other values if it is new.

    Raise ValidationError on a zone that does not exist.
    """
    slug = slugify(slug, 60)
    existing = Source.objects.filter(slug=slug).first()
    if existing is not None:
        return existing
    source = Source(slug=slug, name=name or slug.replace("-", " ").capitalize(), zone=zone, language=language)
    source.full_clean()
    source.save()
    return source
