"""Registers who files copy."""

from archive.desk.slugs import slugify
from archive.models import Source


def get_or_register_source(slug: str, *, name: str = "", zone: str = "UTC", language: str = "en") -> Source:
    """Return the source with this slug, registered with the other values if it is new.

    Two imports that start at once get the same source. Raise ValidationError on a zone that does not exist.
    """
    slug = slugify(slug, 60)
    existing = Source.objects.filter(slug=slug).first()
    if existing is not None:
        return existing
    values = {"name": name or slug.replace("-", " ").capitalize(), "zone": zone, "language": language}
    # Unique values are left to the database: only it knows what another import registers at this moment.
    Source(slug=slug, **values).full_clean(validate_unique=False, validate_constraints=False)
    return Source.objects.get_or_create(slug=slug, defaults=values)[0]
