"""The benchmark's article as Django sees it; never stored, only handed to Haystack."""

from typing import ClassVar

from django.db import models

from . import corpus


class Article(models.Model):
    """What Haystack asks of a model: a primary key and attributes to prepare."""

    title = models.TextField()
    text = models.TextField()
    published = models.DateTimeField()
    section = models.TextField()
    names: ClassVar[tuple[str, ...]] = ()
    codes: ClassVar[tuple[str, ...]] = ()

    class Meta:
        managed = False
        app_label = "benchmarks"

    def __str__(self) -> str:
        return self.title

    @classmethod
    def from_corpus(cls, article: corpus.Article) -> "Article":
        """Wrap an article of the corpus."""
        wrapped = cls(
            pk=article.number,
            title=article.title,
            text=article.text,
            published=article.published,
            section=article.section,
        )
        wrapped.names, wrapped.codes = article.names, article.codes
        return wrapped

    @property
    def year(self) -> int:
        """Return the year of publication."""
        return self.published.year
