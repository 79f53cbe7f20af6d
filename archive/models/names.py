"""Names: who or what is meant, under which spellings, and where in the articles."""

from django.db import models
from django.urls import reverse

from archive.models.articles import Article

NAME_CHARS = 200


class EntityQuerySet(models.QuerySet):
    def current(self):
        """Keep names that were not merged into another."""
        return self.filter(merged_into__isnull=True)


class Entity(models.Model):
    """A person, organisation, place, event or other thing that articles name."""

    class Kind(models.TextChoices):
        PERSON = "person", "person"
        ORGANISATION = "organisation", "organisation"
        PLACE = "place", "place"
        EVENT = "event", "event"
        OTHER = "other", "other"

    kind = models.CharField(max_length=12, choices=Kind.choices)
    name = models.CharField(max_length=NAME_CHARS, help_text="The preferred spelling.")
    slug = models.SlugField(max_length=120, unique=True)
    description = models.CharField(max_length=500, blank=True, help_text="Who or what this is, in one line.")
    merged_into = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="merged", editable=False
    )
    created_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField(auto_now=True)

    objects = EntityQuerySet.as_manager()

    class Meta:
        verbose_name = "name"
        ordering = ["name", "id"]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return reverse("name", args=[self.slug])


class Alias(models.Model):
    """One spelling of a name. The preferred spelling is an alias too, so that one list holds them all."""

    entity = models.ForeignKey(Entity, models.CASCADE, related_name="aliases")
    text = models.CharField(max_length=NAME_CHARS)
    key = models.CharField(max_length=NAME_CHARS, db_index=True, editable=False, help_text="Folded spelling.")
    is_acronym = models.BooleanField(default=False, help_text="Found in capitals only.")
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = "spelling"
        verbose_name_plural = "spellings"
        constraints = [models.UniqueConstraint(fields=["entity", "text"], name="alias_once_per_name")]
        ordering = ["text", "id"]

    def __str__(self):
        return self.text


class Mention(models.Model):
    """A place in an article's headline or `body_text` where a registered name stands."""

    class Part(models.TextChoices):
        HEADLINE = "headline", "headline"
        BODY = "body", "body"

    article = models.ForeignKey(Article, models.CASCADE, related_name="mentions")
    entity = models.ForeignKey(Entity, models.CASCADE, related_name="mentions")
    part = models.CharField(max_length=8, choices=Part.choices)
    start = models.PositiveIntegerField()
    end = models.PositiveIntegerField()
    text = models.CharField(max_length=NAME_CHARS)
    how = models.CharField(
        max_length=20, help_text="What it was recognised by, such as a spelling or a surname."
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["article", "part", "start"], name="mention_position")]
        indexes = [models.Index(fields=["entity", "article"], name="mention_articles")]
        ordering = ["article_id", "part", "start"]

    def __str__(self):
        return self.text
