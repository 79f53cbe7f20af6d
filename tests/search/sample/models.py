from django.db import models


class Story(models.Model):
    """Hold one value of every type that a Haystack index can be asked to keep."""

    headline = models.CharField(max_length=300, default="")
    lead = models.TextField(default="")
    body = models.TextField(default="")
    desk = models.CharField(max_length=200, default="")
    names = models.JSONField(default=list)
    codes = models.JSONField(default=list)
    words = models.IntegerField(default=0)
    weight = models.FloatField(default=0.0)
    price = models.DecimalField(max_digits=12, decimal_places=2, null=True)
    urgent = models.BooleanField(default=False)
    printed_on = models.DateField(null=True)
    filed_at = models.DateTimeField(null=True)

    def __str__(self):
        return self.headline


class Memo(models.Model):
    """Give the tests of `models()` a second kind of document."""

    body = models.TextField(default="")

    def __str__(self):
        return self.body[:40]
