"""Who said what."""

from django.db import models

from archive.models.articles import Article
from archive.models.names import NAME_CHARS, Entity


class Quote(models.Model):
    """Words that an article quotes: their place in `body_text`, without the marks, and who said them.

    `registered` is the name whose spelling told the speaker and `speaker` the name that stands for it now, as
    with mentions; both are None where the speaker is known by `speaker_text` alone, which is empty if nobody
    is named. An editor's word goes before the machine's: a quote with `is_by_hand` is not read anew, and one
    that is `is_hidden` was judged to be no quote.
    """

    class Kind(models.TextChoices):
        DIRECT = "direct", "direct"
        INDIRECT = "indirect", "in reported speech"
        FRAGMENT = "fragment", "a few words"

    article = models.ForeignKey(Article, models.CASCADE, related_name="quotes")
    start = models.PositiveIntegerField()
    end = models.PositiveIntegerField()
    text = models.TextField()
    kind = models.CharField(max_length=10, choices=Kind.choices)
    speaker = models.ForeignKey(
        Entity, models.SET_NULL, null=True, blank=True, related_name="quotes", db_index=False
    )
    registered = models.ForeignKey(Entity, models.SET_NULL, null=True, blank=True, related_name="own_quotes")
    speaker_text = models.CharField(max_length=NAME_CHARS, blank=True)
    speaker_start = models.PositiveIntegerField(null=True, blank=True)
    verb = models.CharField(max_length=40, blank=True)
    via = models.CharField(max_length=NAME_CHARS, blank=True, help_text="An agency that passed the words on.")
    confidence = models.FloatField(default=0)
    reason = models.CharField(max_length=200, blank=True)
    is_by_hand = models.BooleanField(default=False, help_text="Decided by an editor.")
    is_hidden = models.BooleanField(default=False, help_text="An editor judged it to be no quote.")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["article", "start"], name="quote_position")]
        indexes = [models.Index(fields=["speaker", "article"], name="quote_speakers")]
        ordering = ["article_id", "start"]

    def __str__(self):
        return self.text[:80]
