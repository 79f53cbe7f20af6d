"""Articles, where they came from, and the bytes they came as."""

from zoneinfo import available_timezones

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.functions import Concat
from django.db.models.lookups import Exact
from simple_history.models import HistoricalRecords

from archive.models.addresses import article_url

HEADLINE_CHARS = 500
KEY_CHARS = 255


def validate_zone(name: str) -> None:
    if name not in available_timezones():
        raise ValidationError(f"“{name}” is not a time zone name such as Asia/Tehran or Europe/Zurich.")


class Source(models.Model):
    """Who filed an article: an agency or a desk, with the zone in which it prints its times."""

    slug = models.SlugField(max_length=60, unique=True)
    name = models.CharField(max_length=200)
    zone = models.CharField(
        max_length=60,
        default="UTC",
        validators=[validate_zone],
        help_text="A time zone name such as Asia/Tehran, never an offset: offsets change over the years.",
    )
    language = models.CharField(max_length=20, default="en", help_text="Such as en, fr or fa.")

    class Meta:
        ordering = ["name"]

    def __str__(self):
        return self.name


class ArticleQuerySet(models.QuerySet):
    def published(self):
        """Keep what readers may see. Only this and `published_among` say so."""
        return self.filter(status=Article.Status.PUBLISHED)

    def published_among(self, ids):
        """Keep those of some articles that readers may see, in no order.

        Its time grows with `ids`, not with the archive. Asked for a status and twenty numbers, SQLite goes
        through its index of all published articles; no index has this expression.
        """
        status = Concat("status", models.Value(""))
        return self.filter(Exact(status, Article.Status.PUBLISHED.value), pk__in=ids).order_by()

    def in_period(self, start, end):
        """Keep what was printed from day `start` up to, not including, day `end`."""
        return self.filter(published_on__gte=start, published_on__lt=end)

    def newest_first(self):
        """Order by day, then by time; a story whose time is unknown comes after the others of its day."""
        return self.order_by("-published_on", models.F("published_at").desc(nulls_last=True), "-id")

    def oldest_first(self):
        return self.order_by("published_on", models.F("published_at").asc(nulls_last=True), "id")

    def for_lists(self):
        """Load what a list of headlines shows, without the bodies."""
        shown = self.defer("body_html", "body_text", "warnings", "extra").select_related("source")
        return shown.with_badges()

    def with_badges(self):
        """Say of each article, as `later_mark`, the mark of the latest that refers to it, if any does."""
        from archive.models.corrections import Correction

        later = Correction.objects.filter(
            corrected=models.OuterRef("pk"),
            state=Correction.State.LINKED,
            correcting__status=Article.Status.PUBLISHED,
        )
        return self.annotate(later_mark=models.Subquery(later.order_by("-pk").values("kind")[:1]))


class Article(models.Model):
    """One article as it stands now; `revisions` holds how it stood before.

    `body_html` is sanitised by `archive.wire.sanitize`; `body_text` is derived from it, and the offsets of
    mentions refer to it. Rows are written by `archive.desk` alone.
    """

    class Status(models.TextChoices):
        DRAFT = "draft", "draft"
        PUBLISHED = "published", "published"
        WITHDRAWN = "withdrawn", "withdrawn"

    source = models.ForeignKey(Source, models.PROTECT, related_name="articles")
    source_key = models.CharField(
        max_length=KEY_CHARS,
        help_text="What the source calls this story; a story that comes in again is recognised by it.",
    )
    slug = models.SlugField(max_length=90)
    headline = models.CharField(max_length=HEADLINE_CHARS)
    mark = models.CharField(max_length=20, blank=True, help_text="Such as correction or update.")
    update_number = models.PositiveSmallIntegerField(null=True, blank=True)
    timestamp = models.CharField(max_length=200, blank=True, help_text="As printed.")
    published_at = models.DateTimeField(null=True, blank=True)
    published_on = models.DateField(
        null=True, blank=True, help_text="The day that was printed, in the source's zone."
    )
    dateline = models.CharField(max_length=200, blank=True, help_text="As printed.")
    dateline_on = models.DateField(
        null=True, blank=True, help_text="The day the dateline names, where it names one."
    )
    place = models.CharField(max_length=120, blank=True, db_index=True)
    body_html = models.TextField(blank=True)
    body_text = models.TextField(blank=True, editable=False)
    language = models.CharField(max_length=20, blank=True)
    section = models.CharField(max_length=80, blank=True)
    sign_off = models.CharField(max_length=60, blank=True, help_text="As printed, such as NA/PA.")
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.DRAFT)
    warnings = models.JSONField(default=list, blank=True, editable=False)
    extra = models.JSONField(default=dict, blank=True, editable=False)
    curated = models.JSONField(
        default=list,
        blank=True,
        editable=False,
        help_text="Fields changed by hand, which copy never overwrites.",
    )
    word_count = models.PositiveIntegerField(default=0, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False, help_text="Counts revisions.")
    index_version = models.PositiveIntegerField(
        default=1, editable=False, help_text="Counts the changes that the index has to learn."
    )
    created_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField(auto_now=True)

    objects = ArticleQuerySet.as_manager()
    revisions = HistoricalRecords(
        custom_model_name="Revision",
        related_name="versions",
        excluded_fields=["body_text", "word_count", "index_version", "created_at", "changed_at"],
        history_change_reason_field=models.TextField(blank=True, default=""),
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["source", "source_key"], name="article_once_per_source"),
            models.UniqueConstraint(fields=["published_on", "slug"], name="article_address"),
            models.CheckConstraint(
                condition=~models.Q(status="published") | models.Q(published_on__isnull=False),
                name="article_published_has_a_day",
            ),
        ]
        indexes = [
            models.Index(fields=["status", "published_on", "published_at"], name="article_days"),
        ]
        permissions = [("publish_article", "Can publish and withdraw articles")]
        ordering = ["-published_on", "-published_at", "-id"]

    def __str__(self):
        return self.headline

    def get_absolute_url(self):
        """Return the permanent address; an article without a day has none, and is never public."""
        return article_url(self.published_on, self.slug) if self.published_on else ""

    @property
    def is_public(self) -> bool:
        return self.status == self.Status.PUBLISHED


class Original(models.Model):
    """The bytes as received, never changed afterwards.

    Kept in the database, so that they are written in the same transaction as the article. A file that holds
    several articles is kept once and shared.
    """

    sha256 = models.CharField(max_length=64, unique=True)
    content = models.BinaryField()
    name = models.CharField(max_length=255, blank=True)
    encoding = models.CharField(max_length=40, blank=True)
    received_at = models.DateTimeField(auto_now_add=True)
    received_from = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    articles = models.ManyToManyField(Article, related_name="originals", blank=True)

    def __str__(self):
        return self.name or self.sha256[:12]


class Credit(models.Model):
    """One sign-off code of an article, in the printed order; whose it is, bylines.py knows."""

    class Role(models.TextChoices):
        REPORTED = "reported", "reported"
        EDITED = "edited", "edited"
        OTHER = "", "took part"

    article = models.ForeignKey(Article, models.CASCADE, related_name="credits")
    position = models.PositiveSmallIntegerField()
    code = models.CharField(max_length=8, db_index=True)
    role = models.CharField(max_length=10, choices=Role.choices, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["article", "position"], name="credit_position")]
        ordering = ["position"]

    def __str__(self):
        return self.code


class FormerAddress(models.Model):
    """An address that an article or a name once had; it redirects to where that is now."""

    path = models.CharField(max_length=255, unique=True)
    article = models.ForeignKey(Article, models.CASCADE, null=True, related_name="former_addresses")
    entity = models.ForeignKey("Entity", models.CASCADE, null=True, related_name="former_addresses")

    def __str__(self):
        return self.path
