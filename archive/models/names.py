"""Names: who or what is meant, under which spellings, where in the articles, and what people decided."""

from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models

from archive.models.addresses import name_url
from archive.models.articles import Article

NAME_CHARS = 200


class EntityQuerySet(models.QuerySet):
    def current(self):
        """Keep names that were not merged into another."""
        return self.filter(merged_into__isnull=True)


class Entity(models.Model):
    """A person, organisation, place, event or other thing that articles name.

    `merged_into` is the name that this one was merged into directly; merges form a forest, so that each can
    be undone alone, whatever came after it.
    """

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
    wikidata = models.CharField(
        max_length=16,
        blank=True,
        validators=[RegexValidator(r"\AQ[1-9][0-9]{0,11}\Z", "A Wikidata number looks like Q42.")],
        help_text="The number of the item, such as Q42.",
    )
    viaf = models.CharField(
        "VIAF",
        max_length=24,
        blank=True,
        validators=[RegexValidator(r"\A[1-9][0-9]{0,21}\Z", "A VIAF number has digits only.")],
        help_text="The number of the record in the Virtual International Authority File.",
    )
    merged_into = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="merged", editable=False
    )
    created_at = models.DateTimeField(auto_now_add=True)
    # Asked for its greatest before copy is read: see desk.tagging.
    changed_at = models.DateTimeField(auto_now=True, db_index=True)

    objects = EntityQuerySet.as_manager()

    class Meta:
        verbose_name = "name"
        ordering = ["name", "id"]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return name_url(self.slug)


class Alias(models.Model):
    """One spelling of a name. The preferred spelling is an alias too, so that one list holds them all.

    A spelling stays with its own name when that is merged: undoing the merge has nothing to sort out.
    """

    entity = models.ForeignKey(Entity, models.CASCADE, related_name="aliases")
    text = models.CharField(max_length=NAME_CHARS)
    key = models.CharField(max_length=NAME_CHARS, db_index=True, editable=False, help_text="Folded spelling.")
    is_acronym = models.BooleanField(default=False, help_text="Found in capitals only.")
    # Asked for its greatest before copy is read: see desk.tagging.
    changed_at = models.DateTimeField(auto_now=True, db_index=True)

    class Meta:
        verbose_name = "spelling"
        verbose_name_plural = "spellings"
        constraints = [models.UniqueConstraint(fields=["entity", "text"], name="alias_once_per_name")]
        ordering = ["text", "id"]

    def __str__(self):
        return self.text


class Mention(models.Model):
    """A place in an article's headline or `body_text` where a registered name stands.

    `registered` is the name whose spelling was met, and no merge changes it; `entity` is the name that stands
    for it now, the root of `registered`. So a merge and its undoing are one UPDATE each. A confirmed mention
    was decided by a person; reading the article again does not take it away.
    """

    class Part(models.TextChoices):
        HEADLINE = "headline", "headline"
        BODY = "body", "body"

    article = models.ForeignKey(Article, models.CASCADE, related_name="mentions")
    # The index over entity and article serves it too.
    entity = models.ForeignKey(Entity, models.CASCADE, related_name="mentions", db_index=False)
    registered = models.ForeignKey(Entity, models.CASCADE, related_name="own_mentions")
    part = models.CharField(max_length=8, choices=Part.choices)
    start = models.PositiveIntegerField()
    end = models.PositiveIntegerField()
    text = models.CharField(max_length=NAME_CHARS)
    how = models.CharField(
        max_length=20, help_text="What it was recognised by, such as a spelling or a surname."
    )
    title = models.CharField(max_length=120, blank=True, help_text="What the copy calls this person here.")
    is_confirmed = models.BooleanField(default=False, help_text="Decided by a person.")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["article", "part", "start"], name="mention_position")]
        indexes = [models.Index(fields=["entity", "article"], name="mention_articles")]
        ordering = ["article_id", "part", "start"]

    def __str__(self):
        return self.text

    def save(self, *args, **kwargs):
        if self.registered_id is None:
            self.registered_id = self.entity_id
        super().save(*args, **kwargs)


class Merge(models.Model):
    """One name taken for another by a person. An undone merge stays as history."""

    loser = models.ForeignKey(Entity, models.CASCADE, related_name="merges_into")
    winner = models.ForeignKey(Entity, models.CASCADE, related_name="merges_from")
    at = models.DateTimeField(auto_now_add=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    why = models.TextField(blank=True)
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["loser"], condition=models.Q(undone_at__isnull=True), name="merge_once_at_a_time"
            ),
            models.CheckConstraint(
                condition=~models.Q(loser=models.F("winner")), name="merge_of_two_different_names"
            ),
        ]
        ordering = ["-at", "-id"]

    def __str__(self):
        return f"{self.loser} into {self.winner}"


class Verdict(models.Model):
    """What a person decided once and the machine remembers.

    ignore: the candidate `key` is never suggested again. different: `entity` and `other` are two. means: in
    `article`, `text` (any spelling if it is empty) of `entity` means `other`, or no registered name if that
    is None.
    """

    class Kind(models.TextChoices):
        IGNORE = "ignore", "never suggest again"
        DIFFERENT = "different", "two different names"
        MEANS = "means", "means another name in one article"

    kind = models.CharField(max_length=10, choices=Kind.choices)
    key = models.CharField(max_length=NAME_CHARS, blank=True)
    entity = models.ForeignKey(Entity, models.CASCADE, null=True, blank=True, related_name="verdicts")
    other = models.ForeignKey(Entity, models.CASCADE, null=True, blank=True, related_name="verdicts_as_other")
    article = models.ForeignKey(Article, models.CASCADE, null=True, blank=True, related_name="verdicts")
    text = models.CharField(max_length=NAME_CHARS, blank=True)
    at = models.DateTimeField(auto_now_add=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    why = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["key"], condition=models.Q(kind="ignore"), name="verdict_ignore_once"
            ),
            models.UniqueConstraint(
                fields=["entity", "other"], condition=models.Q(kind="different"), name="verdict_pair_once"
            ),
            models.UniqueConstraint(
                fields=["article", "entity", "text"],
                condition=models.Q(kind="means"),
                name="verdict_means_once",
            ),
        ]
        ordering = ["-at", "-id"]

    def __str__(self):
        return f"{self.get_kind_display()}: {self.key or self.text or self.entity}"


class NameEvent(models.Model):
    """One line of a name's history: what was done to it, by whom, and why."""

    entity = models.ForeignKey(Entity, models.CASCADE, related_name="events")
    at = models.DateTimeField(auto_now_add=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    what = models.CharField(max_length=500)
    why = models.TextField(blank=True)

    class Meta:
        ordering = ["-at", "-id"]

    def __str__(self):
        return self.what
