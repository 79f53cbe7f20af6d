"""What the index knows about an article. Haystack finds this file by its name."""

import datetime
from collections import defaultdict
from collections.abc import Iterable
from typing import Final

from haystack import indexes

from archive.desk.credits import people_behind
from archive.desk.passages import recycled_positions
from archive.models import Article, Mention
from archive.search import speakers

_MARK_FLAGS: Final = {
    "correction": "corrected",
    "corrected": "corrected",
    "update": "update",
    "refile": "refiled",
}


class ArticleIndex(indexes.SearchIndex, indexes.Indexable):
    """Published articles.

    `text` decides what is found; `headline` and `lead` only weigh where. Values of fields that are filtered
    and counted are whole: a name is the number of its Entity, so renaming or merging shows at once. `flags`
    hold what `is:` and `has:` ask for; `quotes` has one paragraph a quote, see `search.speakers`.
    """

    text = indexes.CharField(document=True)
    # What a story has of its own, only where it has recycled paragraphs too: 1 % of the text of 14,110 wire
    # stories, a third of the demo wire. For every story it would nearly double the index.
    own = indexes.CharField(stored=False, null=True)
    headline = indexes.CharField(model_attr="headline")
    lead = indexes.CharField(stored=False)
    quotes = indexes.CharField(stored=False)
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
    contributors = indexes.MultiValueField()
    edited_codes = indexes.MultiValueField()
    flags = indexes.MultiValueField()
    source = indexes.FacetCharField(model_attr="source__slug")
    section = indexes.FacetCharField(model_attr="section")
    language = indexes.FacetCharField()
    # What makes versions of one story one row: `family.time.article`, the latest last; see collapsing.py.
    story = indexes.FacetCharField(null=True)
    year = indexes.IntegerField()
    published_on = indexes.DateField(model_attr="published_on")
    published_at = indexes.DateTimeField(model_attr="published_at", null=True)
    word_count = indexes.IntegerField(model_attr="word_count")
    version = indexes.IntegerField(model_attr="index_version")

    # Fields besides `text` that can be asked for words exactly as written.
    written_fields = ("headline", "own")
    # Words rank by their places in `text`; beginnings and spellings of words by the fields they occur in.
    headline_first = True
    relevance_fields = {"headline": 3.0, "lead": 1.0}
    KINDS = {"person": "persons", "organisation": "organisations", "place": "places", "event": "events"}

    def get_model(self):
        return Article

    def index_queryset(self, using=None):
        return _with_its_rows(Article.objects.published())

    def among(self, ids):
        """Return what `index_queryset` has of some articles, in a time that grows with their number alone."""
        return _with_its_rows(Article.objects.published_among(ids))

    def look_up(self, articles):
        """Attach the decoded sign-offs and the names of many articles, in seven queries; see `prepare`."""
        signed, named = people_behind(articles), named_in(articles)
        recycled = recycled_positions(article.pk for article in articles)
        for article in articles:
            article.signed, article.named = signed[article.pk], named[article.pk]
            article.recycled = recycled.get(article.pk, set())

    def prepare(self, article):
        if not hasattr(article, "signed"):
            self.look_up([article])
        data = super().prepare(article)
        paragraphs = article.body_text.split("\n\n")
        data["text"] = "\n\n".join([article.headline, *paragraphs])
        data["own"] = _own(article, paragraphs)
        data["lead"] = paragraphs[0]
        data["quotes"] = speakers.paragraphs(article.quotes.all())
        data["language"] = article.language or article.source.language
        data["year"] = article.published_on.year
        data["story"] = story_of(article)
        data |= self._names(article) | self._credits(article)
        data["flags"] = self._flags(article, data["quotes"])
        return data

    def _flags(self, article, quotes: str) -> list[str]:
        flags = {_MARK_FLAGS[article.mark]} if article.mark in _MARK_FLAGS else set()
        flags |= {"update"} if article.update_number is not None else set()
        flags |= {"recycled"} if article.recycled else set()
        flags |= {"quote"} if speakers.VERBATIM in quotes else set()
        return sorted(flags)

    def _names(self, article) -> dict:
        values = {"names": list(article.named)}
        for kind, field in self.KINDS.items():
            values[field] = [name for name, own_kind in article.named.items() if own_kind == kind]
        return values

    def _credits(self, article) -> dict:
        signed = article.signed
        named = [(sign.role, sign.contributor.name) for sign in signed if sign.contributor]
        return {
            "codes": [sign.code for sign in signed],
            "reporters": [name for role, name in named if role == "reported"],
            "editors": [name for role, name in named if role == "edited"],
            "contributors": [name for _, name in named],
            "edited_codes": [sign.code for sign in signed if sign.role == "edited"],
        }


def _with_its_rows(articles):
    return articles.select_related("source", "membership").prefetch_related("quotes")


def _own(article, paragraphs: list[str]) -> str | None:
    """Return headline and paragraphs without the recycled ones; None where there are none."""
    if not article.recycled:
        return None
    kept = [text for position, text in enumerate(paragraphs) if position not in article.recycled]
    return "\n\n".join([article.headline, *kept])


def named_in(articles: Iterable[Article]) -> dict[int, dict[str, str]]:
    """Return for each article the numbers of the names it mentions, in order, with their kinds: one query.

    Without a model instance for each mention, which took as long as all other preparing.
    """
    named = defaultdict(dict)
    rows = Mention.objects.filter(article__in=articles).values_list("article_id", "entity_id", "entity__kind")
    for article_id, entity_id, kind in rows:
        named[article_id][str(entity_id)] = kind
    return named


def story_of(article) -> str | None:
    """Return where an article stands among the versions of its story, or None where it is the only one.

    The order is that of `desk.families.choose_leads`: day, time (unknown ones first), number.
    """
    membership = getattr(article, "membership", None)
    if membership is None:
        return None
    at = article.published_at
    time = at.astimezone(datetime.UTC).isoformat(timespec="seconds") if at else ""
    return f"{membership.family_id:012}.{article.published_on.isoformat()}.{time}.{article.pk:012}"
