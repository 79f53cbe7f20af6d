"""What the index knows about an article. Haystack finds this file by its name."""

from haystack import indexes

from archive.desk.credits import people_behind
from archive.models import Article


class ArticleIndex(indexes.SearchIndex, indexes.Indexable):
    """Published articles.

    `text` decides what is found; `headline` and `lead` only weigh where. Values of fields that are filtered
    and counted are whole: a name is the number of its Entity, so renaming or merging shows at once.
    """

    text = indexes.CharField(document=True)
    headline = indexes.CharField(model_attr="headline")
    lead = indexes.CharField()
    names = indexes.MultiValueField()
    persons = indexes.MultiValueField()
    organisations = indexes.MultiValueField()
    places = indexes.MultiValueField()
    events = indexes.MultiValueField()
    dateline = indexes.CharField(model_attr="dateline")
    filed_from = indexes.FacetCharField(model_attr="place")
    codes = indexes.MultiValueField()
    reporters = indexes.MultiValueField()
    editors = indexes.MultiValueField()
    source = indexes.FacetCharField(model_attr="source__slug")
    section = indexes.FacetCharField(model_attr="section")
    language = indexes.FacetCharField(model_attr="language")
    year = indexes.IntegerField()
    published_on = indexes.DateField(model_attr="published_on")
    published_at = indexes.DateTimeField(model_attr="published_at", null=True)
    word_count = indexes.IntegerField(model_attr="word_count")
    version = indexes.IntegerField(model_attr="index_version")

    relevance_fields = {"headline": 3.0, "lead": 1.5}
    KINDS = {"person": "persons", "organisation": "organisations", "place": "places", "event": "events"}

    def get_model(self):
        return Article

    def index_queryset(self, using=None):
        return Article.objects.published().select_related("source").prefetch_related("mentions__entity")

    def prepare(self, article):
        data = super().prepare(article)
        paragraphs = article.body_text.split("\n\n")
        data["text"] = "\n\n".join([article.headline, *paragraphs])
        data["lead"] = paragraphs[0]
        data["year"] = article.published_on.year
        data |= self._names(article) | self._credits(article)
        return data

    def _names(self, article) -> dict:
        entities = {mention.entity_id: mention.entity for mention in article.mentions.all()}
        values = {"names": [str(pk) for pk in entities]}
        for kind, field in self.KINDS.items():
            values[field] = [str(pk) for pk, entity in entities.items() if entity.kind == kind]
        return values

    def _credits(self, article) -> dict:
        signed = people_behind([article])[article.pk]
        named = [(sign.role, sign.contributor.name) for sign in signed if sign.contributor]
        return {
            "codes": [sign.code for sign in signed],
            "reporters": [name for role, name in named if role == "reported"],
            "editors": [name for role, name in named if role == "edited"],
        }
