"""What readers keep, and what was asked of the archive by nobody in particular."""

import secrets

from django.conf import settings
from django.db import models
from django.urls import reverse

SEARCH_NAME_CHARS = 200
LOGGED_CHARS = 200


def make_token() -> str:
    """Return a secret nobody can guess: it alone opens a private feed."""
    return secrets.token_urlsafe(32)


class SavedSearch(models.Model):
    """A search that a signed-in reader keeps.

    `question` is the whole search as it stands in an address; `text` is the typed part of it, and `tree` how
    grammar `grammar_version` read that text: a later grammar that reads it otherwise asks the tree instead.
    """

    reader = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="saved_searches")
    name = models.CharField(max_length=SEARCH_NAME_CHARS)
    text = models.TextField(blank=True)
    question = models.TextField()
    grammar_version = models.PositiveSmallIntegerField()
    tree = models.JSONField()
    token = models.CharField(max_length=64, unique=True, default=make_token, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    looked_at = models.DateTimeField()

    class Meta:
        verbose_name = "saved search"
        verbose_name_plural = "saved searches"
        constraints = [
            models.UniqueConstraint(fields=["reader", "question"], name="saved_search_once_per_reader")
        ]
        ordering = ["name", "id"]

    def __str__(self):
        return self.name

    @property
    def feed_url(self) -> str:
        return reverse("saved_feed", args=[self.token])


class SearchLogEntry(models.Model):
    """How often something was asked on a day, by whomever: no reader, no address, no time of day."""

    day = models.DateField()
    text = models.CharField(max_length=LOGGED_CHARS)
    times = models.PositiveIntegerField(default=0)
    times_without_hits = models.PositiveIntegerField(default=0)
    slowest_ms = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name_plural = "search log entries"
        constraints = [models.UniqueConstraint(fields=["day", "text"], name="search_log_once_a_day")]
        ordering = ["-day", "-times"]

    def __str__(self):
        return self.text
