"""Which articles tell one story, and what it takes to find that out without reading them all again."""

from django.conf import settings
from django.db import models

from archive.models.articles import Article


class Signature(models.Model):
    """What an article's text looks like to the search for its relatives.

    `body_hash` is of the body with its spaces folded, `headline_hash` of the headline without marks, case and
    punctuation; both are 64 bits. `minhash` holds the smallest hashes of the body's shingles, 32 bits each;
    it is empty for a short body, and for one that an older article has to the letter.
    """

    article = models.OneToOneField(Article, models.CASCADE, primary_key=True, related_name="signature")
    body_hash = models.BigIntegerField(db_index=True)
    headline_hash = models.BigIntegerField(db_index=True)
    minhash = models.BinaryField()

    def __str__(self):
        return f"signature of {self.article_id}"


class Band(models.Model):
    """A piece of a signature: articles that share one are worth comparing.

    Rows are found by `key` and deleted by key and article, so that one index serves both; a row whose article
    is gone is harmless, and so there is no foreign key to enforce.
    """

    key = models.BigIntegerField()
    article_id = models.BigIntegerField()

    class Meta:
        indexes = [models.Index(fields=["key", "article_id"], name="band_articles")]

    def __str__(self):
        return f"band of {self.article_id}"


class Family(models.Model):
    """One story: its versions, rewrites and reprints. `lead` is the latest that readers may see."""

    lead = models.ForeignKey(Article, models.SET_NULL, null=True, related_name="+")

    class Meta:
        verbose_name_plural = "families"

    def __str__(self):
        return f"family {self.pk}"


class FamilyMember(models.Model):
    """An article of a family and why it belongs there."""

    class How(models.TextChoices):
        EXACT = "exact", "the same text"
        NEAR = "near", "nearly the same text"
        MARK = "mark", "its headline says so"

    article = models.OneToOneField(Article, models.CASCADE, primary_key=True, related_name="membership")
    family = models.ForeignKey(Family, models.CASCADE, related_name="members")
    how = models.CharField(max_length=8, choices=How.choices)

    def __str__(self):
        return f"{self.article_id} in family {self.family_id}"


class Apart(models.Model):
    """Two articles that a person judged to be different stories; they are never put into one family again."""

    first = models.ForeignKey(Article, models.CASCADE, related_name="+", help_text="The lower number.")
    second = models.ForeignKey(Article, models.CASCADE, related_name="+", help_text="The higher number.")
    at = models.DateTimeField(auto_now_add=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    why = models.TextField(blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["first", "second"], name="apart_once")]

    def __str__(self):
        return f"{self.first_id} is not {self.second_id}"


class Passage(models.Model):
    """A paragraph of an article, by the hash of its words; the same one elsewhere has the same `key`."""

    key = models.BigIntegerField()
    article = models.ForeignKey(Article, models.CASCADE, related_name="passages")
    position = models.PositiveIntegerField(help_text="Which paragraph of the body, from 0.")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["article", "position"], name="passage_position")]
        indexes = [models.Index(fields=["key", "article"], name="passage_articles")]
        ordering = ["article_id", "position"]

    def __str__(self):
        return f"paragraph {self.position} of {self.article_id}"
