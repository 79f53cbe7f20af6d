"""What the index still has to learn."""

from django.db import models


class IndexTask(models.Model):
    """An article that changed, was withdrawn or is gone since the index was last told.

    Written in the same transaction as the change; deleted once the index has the change on disk. It says
    which article, not what happened: the indexer looks at the article as it is then, so doing a task twice is
    harmless. `article_id` is no foreign key because the task outlives a deleted article.
    """

    article_id = models.BigIntegerField(db_index=True)
    queued_at = models.DateTimeField(auto_now_add=True)
    attempts = models.PositiveIntegerField(default=0)
    error = models.TextField(blank=True)

    class Meta:
        ordering = ["id"]

    def __str__(self):
        return f"index article {self.article_id}"
