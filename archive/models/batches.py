"""Uploads: the files as staged, and afterwards what became of each article in them."""

from django.conf import settings
from django.db import models
from django.urls import reverse

from archive.models.articles import Article, Source


class Batch(models.Model):
    """One upload. Staging it changes nothing in the archive; accepting its items does, one by one."""

    source = models.ForeignKey(Source, models.PROTECT, related_name="batches")
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="batches"
    )
    uploaded_at = models.DateTimeField(auto_now_add=True)
    origin = models.CharField(max_length=120, help_text="Where it came from, such as upload or paste.")
    accepted_at = models.DateTimeField(null=True, blank=True, help_text="When an item was last decided.")

    class Meta:
        verbose_name_plural = "batches"
        ordering = ["-uploaded_at", "-id"]

    def __str__(self):
        return f"upload {self.pk}"

    def get_absolute_url(self):
        return reverse("admin:upload_review", args=[self.pk])


class BatchFile(models.Model):
    """A file as staged. `content` is emptied once every article in it is accepted: their Original has it."""

    batch = models.ForeignKey(Batch, models.CASCADE, related_name="files")
    name = models.CharField(max_length=255)
    content = models.BinaryField(default=b"")
    size_bytes = models.PositiveBigIntegerField(default=0)
    refusal = models.TextField(blank=True, help_text="Why the file, or the rest of it, could not be read.")

    class Meta:
        ordering = ["id"]

    def __str__(self):
        return self.name


class BatchItem(models.Model):
    """One article of a staged file: as it was read, what was mended by hand, and what became of it.

    `record` is `ArticleRecord.to_json`, made by the server from the file and never changed. `fixes` maps
    fields of the review page to text; `edition` counts its changes, so that two archivists who mend the same
    item do not overwrite each other unseen.
    """

    class State(models.TextChoices):
        WAITING = "waiting", "waiting"
        ACCEPTED = "accepted", "accepted"
        LEFT_OUT = "left out", "left out"

    file = models.ForeignKey(BatchFile, models.CASCADE, related_name="items")
    position = models.PositiveIntegerField(help_text="Which article of the file, from 0.")
    record = models.TextField()
    fixes = models.JSONField(default=dict, blank=True)
    edition = models.PositiveIntegerField(default=0)
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    outcome = models.CharField(max_length=12, blank=True, help_text="Such as new or changed.")
    headline = models.CharField(max_length=500, blank=True, help_text="For the report.")
    article = models.ForeignKey(Article, models.SET_NULL, null=True, blank=True, related_name="+")
    error = models.TextField(blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["file", "position"], name="batch_item_position")]
        ordering = ["file_id", "position"]

    def __str__(self):
        return self.headline or f"{self.file} ({self.position + 1})"
