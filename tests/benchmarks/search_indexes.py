"""One Haystack index definition, used by our engine and by the stock one alike."""

from haystack import indexes

from .models import Article


class ArticleIndex(indexes.SearchIndex, indexes.Indexable):
    """Text, title, date, and the three facets of the benchmark."""

    text = indexes.CharField(document=True, model_attr="text")
    title = indexes.CharField(model_attr="title")
    published = indexes.DateTimeField(model_attr="published")
    year = indexes.IntegerField(model_attr="year")
    # Ours keeps a FacetCharField as whole values; the stock backend makes no difference to CharField.
    section = indexes.FacetCharField(model_attr="section")
    names = indexes.MultiValueField(model_attr="names")
    codes = indexes.MultiValueField(model_attr="codes")

    def get_model(self):
        """Return the model this index is of."""
        return Article
