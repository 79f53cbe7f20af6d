"""Indexes that the tests register themselves: not `Indexable`, so no other test ever meets them."""

from haystack import indexes

from .models import Memo, Story


class StoryIndex(indexes.SearchIndex):
    text = indexes.CharField(document=True)
    headline = indexes.CharField(model_attr="headline")
    lead = indexes.CharField(model_attr="lead")
    desk = indexes.CharField(model_attr="desk", faceted=True)
    names = indexes.MultiValueField(model_attr="names")
    codes = indexes.MultiValueField(model_attr="codes", faceted=True)
    words = indexes.IntegerField(model_attr="words", faceted=True)
    weight = indexes.FloatField(model_attr="weight")
    price = indexes.DecimalField(model_attr="price", null=True)
    urgent = indexes.BooleanField(model_attr="urgent", faceted=True)
    printed_on = indexes.DateField(model_attr="printed_on", null=True, faceted=True)
    filed_at = indexes.DateTimeField(model_attr="filed_at", null=True)
    complete = indexes.EdgeNgramField(model_attr="headline")
    note = indexes.CharField(model_attr="desk", indexed=False)

    relevance_fields = {"headline": 3.0, "lead": 1.5}
    written_fields = ("headline",)

    def get_model(self):
        return Story

    def prepare_text(self, story):
        if story.headline == "explode":
            raise ValueError("this story cannot be prepared")
        return "\n\n".join(part for part in (story.headline, story.lead, story.body) if part)


class MemoIndex(indexes.SearchIndex):
    text = indexes.CharField(document=True, model_attr="body")

    def get_model(self):
        return Memo
