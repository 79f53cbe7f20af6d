"""What an article that is marked as a correction, an update or a withdrawal refers to."""

from django.conf import settings
from django.db import models

from archive.models.articles import Article


class Correction(models.Model):
    """An article with a headline mark, and the article it corrects, updates, files again or withdraws.

    `kind` is the mark. An open one waits for an archivist because the article it refers to is not here, or
    because several could be meant. `headline_hash` finds it again when that article comes in later.
    """

    class State(models.TextChoices):
        LINKED = "linked", "linked"
        OPEN = "open", "not found yet"
        SETTLED = "settled", "refers to nothing here"

    correcting = models.OneToOneField(Article, models.CASCADE, related_name="correction")
    corrected = models.ForeignKey(
        Article, models.SET_NULL, null=True, blank=True, related_name="corrected_by"
    )
    kind = models.CharField(max_length=20)
    state = models.CharField(max_length=8, choices=State.choices, default=State.OPEN)
    how = models.CharField(max_length=120, blank=True, help_text="How the article was found.")
    is_certain = models.BooleanField(default=False, help_text="Withdrawals that are not wait for a person.")
    headline_hash = models.BigIntegerField(db_index=True)
    found_at = models.DateTimeField(auto_now_add=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    why = models.TextField(blank=True)

    class Meta:
        indexes = [models.Index(fields=["state", "id"], name="correction_queue")]
        ordering = ["id"]

    def __str__(self):
        return f"{self.correcting_id} {self.kind} {self.corrected_id or '?'}"
