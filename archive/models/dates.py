"""Days of an article that do not fit together, and what an archivist said about them."""

from django.conf import settings
from django.db import models

from archive.models.articles import Article


class DateDoubt(models.Model):
    """One way in which the days of an article disagree. It waits for an archivist until it is accepted.

    `facts` are the days that were compared: when they change, what was said of them holds no longer.
    """

    class Kind(models.TextChoices):
        DATELINE_LATER = "later", "dateline after publication"
        DATELINE_EARLIER = "earlier", "dateline long before publication"
        FUTURE = "future", "received before its day"
        WEEKDAY = "weekday", "printed weekday differs"

    article = models.ForeignKey(Article, models.CASCADE, related_name="date_doubts")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    facts = models.CharField(max_length=60)
    accepted_at = models.DateTimeField(null=True, blank=True)
    accepted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    why = models.TextField(blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["article", "kind"], name="date_doubt_once")]
        indexes = [models.Index(fields=["accepted_at", "kind", "article"], name="date_doubt_queue")]
        ordering = ["id"]

    def __str__(self):
        return f"{self.get_kind_display()}: {self.article_id}"
