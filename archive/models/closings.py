"""What readers may not look up any more, although the archive keeps it."""

from django.conf import settings
from django.db import models
from django.utils import timezone

from archive.models.articles import Article, Original


class ClosingQuerySet(models.QuerySet):
    def in_force(self):
        return self.filter(opened_at__isnull=True)


class Closing(models.Model):
    """One version of an article, or one original, that is closed to readers; opened again, the row stays.

    An original is closed for every article that came with it; `article` is where that was decided. `reason`
    is what readers are told, `why_opened` is for the desk.
    """

    article = models.ForeignKey(Article, models.CASCADE, related_name="closings")
    version = models.PositiveIntegerField(null=True, blank=True)
    original = models.ForeignKey(Original, models.CASCADE, null=True, blank=True, related_name="closings")
    reason = models.TextField()
    closed_at = models.DateTimeField(default=timezone.now)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    opened_at = models.DateTimeField(null=True, blank=True)
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    why_opened = models.TextField(blank=True)

    objects = ClosingQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(version__isnull=True) ^ models.Q(original__isnull=True),
                name="closing_of_one_thing",
            ),
            models.UniqueConstraint(
                fields=["article", "version"],
                condition=models.Q(opened_at__isnull=True, version__isnull=False),
                name="closing_version_once",
            ),
            models.UniqueConstraint(
                fields=["original"],
                condition=models.Q(opened_at__isnull=True, original__isnull=False),
                name="closing_original_once",
            ),
        ]
        ordering = ["id"]

    def __str__(self):
        return f"version {self.version}" if self.version else f"original {self.original_id}"
