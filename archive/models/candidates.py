"""Names that nobody has registered yet: what was proposed, where it stands, and how copy is written."""

from django.db import models

from archive.models.articles import Article
from archive.models.names import NAME_CHARS, Entity


class Candidate(models.Model):
    """A proposed name. All its spellings share the folded `key`; `text` is the one seen first.

    `stories` counts its sightings, drafts included, so that the queue can be ordered without counting. A
    candidate that is registered goes; one that is ignored stays, without sightings, so as not to come back.
    """

    class State(models.TextChoices):
        WAITING = "waiting", "waiting"
        IGNORED = "ignored", "never suggested again"

    key = models.CharField(max_length=NAME_CHARS, unique=True)
    text = models.CharField(max_length=NAME_CHARS)
    kind = models.CharField(max_length=12, choices=Entity.Kind.choices)
    confidence = models.FloatField(default=0)
    evidence = models.JSONField(default=list, help_text="Sentences that say what speaks for the kind.")
    stories = models.PositiveIntegerField(default=0)
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)

    class Meta:
        indexes = [models.Index(fields=["state", "-stories"], name="candidate_queue")]
        ordering = ["-stories", "key"]

    def __str__(self):
        return self.text


class Sighting(models.Model):
    """An article in which a candidate stands `times` times, first at `start` of its body."""

    candidate = models.ForeignKey(Candidate, models.CASCADE, related_name="sightings")
    article = models.ForeignKey(Article, models.CASCADE, related_name="sightings")
    text = models.CharField(max_length=NAME_CHARS)
    start = models.PositiveIntegerField()
    times = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["candidate", "article"], name="sighting_once")]
        ordering = ["candidate_id", "-article_id"]

    def __str__(self):
        return self.text


class Unproposed(models.Model):
    """An article that has still to be looked through for proposed names."""

    article = models.OneToOneField(Article, models.CASCADE, primary_key=True, related_name="unproposed")

    def __str__(self):
        return str(self.article_id)


class CasingCounts(models.Model):
    """How the archive's copy writes its words, counted over `articles` articles up to `last_article_id`."""

    counts = models.BinaryField(help_text="CasingStatistics.to_dict as compressed JSON.")
    articles = models.PositiveIntegerField(default=0)
    last_article_id = models.BigIntegerField(default=0)

    def __str__(self):
        return f"{self.articles} articles"


class ReadingTask(models.Model):
    """Articles that have to be read again because names changed, and how far that is.

    The articles are `article_ids` beyond `cursor`, in order of id; None stands for every article there is.
    """

    why = models.CharField(max_length=300)
    article_ids = models.JSONField(null=True)
    cursor = models.BigIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0)
    error = models.TextField(blank=True)
    queued_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["id"]

    def __str__(self):
        return self.why
