"""What came in together: uploads with their files as staged, and imports, and what became of them."""

from django.conf import settings
from django.db import models
from django.urls import reverse

from archive.models.articles import Article, Source


class Batch(models.Model):
    """One upload or import. Staging an upload changes nothing in the archive; accepting its items does.

    The counts are those of an import, written in the same transactions as its articles; those of an upload
    follow from its items. `taken` names the articles that it made or changed, which is what undoing needs.
    """

    class Kind(models.TextChoices):
        UPLOAD = "upload", "upload"
        INGEST = "ingest", "import"
        WATCH = "watch", "drop folder"

    kind = models.CharField(max_length=8, choices=Kind.choices, default=Kind.UPLOAD)
    source = models.ForeignKey(Source, models.PROTECT, related_name="batches")
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="batches"
    )
    uploaded_at = models.DateTimeField(auto_now_add=True)
    origin = models.CharField(max_length=500, help_text="Where it came from, such as files or a folder.")
    accepted_at = models.DateTimeField(null=True, blank=True, help_text="When an item was last decided.")

    finished_at = models.DateTimeField(null=True, blank=True)
    new = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0)
    unchanged = models.PositiveIntegerField(default=0)
    duplicate = models.PositiveIntegerField(default=0)
    held = models.PositiveIntegerField(
        default=0, help_text="Kept as drafts although they were to be published."
    )
    rejected = models.PositiveIntegerField(default=0)
    error = models.TextField(blank=True, help_text="Why it ended early.")
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )

    class Meta:
        verbose_name_plural = "batches"
        ordering = ["-uploaded_at", "-id"]

    def __str__(self):
        return f"{self.get_kind_display()} {self.pk}"

    def get_absolute_url(self):
        page = "upload_review" if self.kind == self.Kind.UPLOAD else "batch"
        return reverse(f"admin:{page}", args=[self.pk])


class BatchArticle(models.Model):
    """An article that a batch made or changed; `version` is the one it has since."""

    batch = models.ForeignKey(Batch, models.CASCADE, related_name="taken")
    article = models.ForeignKey(Article, models.CASCADE, related_name="+")
    is_new = models.BooleanField()
    version = models.PositiveIntegerField()
    is_undone = models.BooleanField(default=False)

    class Meta:
        ordering = ["id"]

    def __str__(self):
        return f"article {self.article_id} of {self.batch_id}"


class BatchReject(models.Model):
    """A file, or a story of one, that could not be taken in; `content` is what came of it, within limits."""

    batch = models.ForeignKey(Batch, models.CASCADE, related_name="rejects")
    name = models.CharField(max_length=500)
    reason = models.TextField()
    content = models.BinaryField(default=b"")

    class Meta:
        ordering = ["id"]

    def __str__(self):
        return self.name


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
    name = models.CharField(max_length=500, blank=True, help_text="Its place in a file of several.")
    content = models.BinaryField(default=b"", help_text="Its own bytes, where the file has several stories.")
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
