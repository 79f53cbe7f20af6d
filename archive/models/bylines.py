"""Who stands behind a sign-off code, and when."""

from django.core.exceptions import ValidationError
from django.db import models
from django.urls import reverse

from archive.models.articles import Source


class Contributor(models.Model):
    """A person who reports or edits."""

    name = models.CharField(max_length=200)
    note = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["name"]

    def __str__(self):
        return self.name


class BylineCode(models.Model):
    """A sign-off code and whose it was; the same code may be someone else's in other years.

    Both days are inclusive; an empty day leaves that side open, an empty source means every source.
    """

    code = models.CharField(max_length=8, db_index=True)
    contributor = models.ForeignKey(Contributor, models.CASCADE, related_name="codes")
    source = models.ForeignKey(Source, models.CASCADE, null=True, blank=True, related_name="codes")
    valid_from = models.DateField(null=True, blank=True)
    valid_to = models.DateField(null=True, blank=True)

    class Meta:
        verbose_name = "sign-off code"
        ordering = ["code", "valid_from"]

    def __str__(self):
        return f"{self.code}: {self.contributor}"

    def get_absolute_url(self):
        return reverse("byline", args=[self.code])

    def clean(self):
        if self.valid_from and self.valid_to and self.valid_to < self.valid_from:
            raise ValidationError({"valid_to": "This day is before the first one."})

    def covers(self, source_id: int, day) -> bool:
        """Say whether the code meant this contributor on `day` (None: an undated article) at that source."""
        if self.source_id not in (None, source_id):
            return False
        if day is None:
            return self.valid_from is None and self.valid_to is None
        return (self.valid_from is None or self.valid_from <= day) and (
            self.valid_to is None or day <= self.valid_to
        )
