"""Articles: found, corrected, published and withdrawn. Every change goes through `archive.desk`."""

from functools import partial
from typing import Final

from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.core.exceptions import PermissionDenied
from django.db.models import Count
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.html import format_html, format_html_join

from archive.admin.article_form import ArticleForm
from archive.admin.closings import closings_view
from archive.admin.forms import WhyForm
from archive.admin.history import history_rows
from archive.admin.restoring import restore_view
from archive.admin.review import moment_label
from archive.desk import correct
from archive.desk.closings import closed_versions
from archive.models import Article, FamilyMember

MOST_PLACES: Final = 25


class DoubtsFilter(admin.SimpleListFilter):
    title = "warnings"
    parameter_name = "doubts"

    def lookups(self, request, model_admin):
        return [("yes", "With warnings"), ("no", "Without")]

    def queryset(self, request, queryset):
        if self.value() == "yes":
            return queryset.exclude(warnings=[])
        return queryset.filter(warnings=[]) if self.value() == "no" else queryset


class PlaceFilter(admin.SimpleListFilter):
    """The places with the most articles; others are found by searching the archive."""

    title = "place"
    parameter_name = "place"

    def lookups(self, request, model_admin):
        rows = Article.objects.exclude(place="").values("place").annotate(count=Count("pk"))
        return [(row["place"], row["place"]) for row in rows.order_by("-count", "place")[:MOST_PLACES]]

    def queryset(self, request, queryset):
        return queryset.filter(place=self.value()) if self.value() else queryset


READ_ONLY: Final = (
    *(
        "status",
        "source",
        "moment",
        "timestamp",
        "dateline",
        "dateline_on",
        "warnings_list",
        "source_key",
        "version",
    ),
    *("originals_list", "created_at", "changed_at", "body_text", "family_link"),
)


@admin.register(Article)
class ArticleAdmin(admin.ModelAdmin):
    """Articles come in by upload and are never deleted; contributors change drafts only."""

    form = ArticleForm
    list_display = ["headline", "status", "published_on", "place", "source", "sign_off", "doubts"]
    list_filter = ["status", DoubtsFilter, "source", PlaceFilter]
    list_select_related = ["source"]
    search_fields = ["headline"]
    date_hierarchy = "published_on"
    list_per_page = 50
    show_full_result_count = False
    view_on_site = False
    actions = ["publish_articles", "withdraw_articles"]
    readonly_fields = READ_ONLY

    def get_fieldsets(self, request, obj=None):
        """Show what can be changed as fields, and to those who may not, as text."""
        if obj is not None and self.has_change_permission(request, obj):
            copy = [
                "headline",
                ("day", "time"),
                "place",
                "section",
                "sign_off",
                "body",
                "why",
                "seen_version",
            ]
        else:
            copy = ["headline", "moment", "place", "section", "sign_off", "body_text"]
        received = [
            "timestamp",
            "dateline",
            "dateline_on",
            "source",
            "source_key",
            "originals_list",
            "created_at",
            "changed_at",
        ]
        return [
            (None, {"fields": ["status", "warnings_list", "family_link", *copy]}),
            ("As received", {"fields": [*received, "version"]}),
        ]

    def get_urls(self):
        restore = self.admin_site.admin_view(partial(restore_view, self))
        close = self.admin_site.admin_view(partial(closings_view, self))
        return [
            path("<int:object_id>/restore/<int:version>/", restore, name="archive_article_restore"),
            path("<int:object_id>/closings/", close, name="archive_article_closings"),
            *super().get_urls(),
        ]

    def get_queryset(self, request):
        return super().get_queryset(request).defer("body_html", "body_text", "extra")

    def has_add_permission(self, request):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    def has_publish_permission(self, request):
        return request.user.has_perm("archive.publish_article")

    def has_change_permission(self, request, obj=None):
        if not super().has_change_permission(request, obj):
            return False
        return obj is None or obj.status == Article.Status.DRAFT or self.has_publish_permission(request)

    def save_model(self, request, obj, form, change):
        if form.changes:
            correct.edit(
                obj, form.changes, by=request.user, why=form.cleaned_data["why"] or "Edited as a draft."
            )

    @admin.action(description="Publish the selected articles", permissions=["publish"])
    def publish_articles(self, request, queryset):
        drafts = queryset.exclude(status=Article.Status.PUBLISHED)
        return self._decide(request, drafts, "publish", "Publish", correct.publish)

    @admin.action(description="Withdraw the selected articles", permissions=["publish"])
    def withdraw_articles(self, request, queryset):
        public = queryset.exclude(status=Article.Status.WITHDRAWN)
        return self._decide(request, public, "withdraw", "Withdraw", correct.withdraw)

    def _decide(self, request, articles, verb, label, change):
        """Ask for the reason, then change each article in a transaction of its own."""
        form = WhyForm(request.POST if "decided" in request.POST else None)
        if not form.is_valid():
            context = {
                **self.admin_site.each_context(request),
                "title": f"{label} articles",
                "opts": self.opts,
                "articles": articles,
                "form": form,
                "action": f"{verb}_articles",
                "verb": label,
                "checkbox_name": ACTION_CHECKBOX_NAME,
            }
            return TemplateResponse(request, "admin/archive/article/decide.html", context)
        done = 0
        for article in articles:
            try:
                change(article, by=request.user, why=form.cleaned_data["why"])
                done += 1
            except correct.CannotPublish as error:
                messages.error(request, f"“{article.headline or 'No headline'}” was kept as a draft. {error}")
        participle = "published" if verb == "publish" else "withdrawn"
        messages.success(request, f"{done:,} {'article' if done == 1 else 'articles'} {participle}.")
        return None

    def history_view(self, request, object_id, extra_context=None):
        """Show every revision: who, when, why and what changed."""
        article = self.get_object(request, object_id)
        if article is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        if not self.has_view_or_change_permission(request, article):
            raise PermissionDenied
        context = {
            **self.admin_site.each_context(request),
            "title": "History",
            "subtitle": str(article),
            "opts": self.opts,
            "article": article,
            "rows": history_rows(article),
            "may_restore": self.has_change_permission(request, article),
            "closed": closed_versions(article),
        }
        return TemplateResponse(request, "admin/archive/article/history.html", context)

    @admin.display(description="warnings")
    def doubts(self, article):
        return len(article.warnings) or ""

    @admin.display(description="day and time")
    def moment(self, article):
        return moment_label(article, article.source.zone) or "-"

    @admin.display(description="warnings")
    def warnings_list(self, article):
        if not article.warnings:
            return "None"
        items = format_html_join("", "<li>{}</li>", ([warning["message"]] for warning in article.warnings))
        return format_html("<ul>{}</ul>", items)

    @admin.display(description="versions")
    def family_link(self, article):
        others = (
            FamilyMember.objects.filter(family__members__article=article).exclude(article=article).count()
        )
        if not others:
            return "No other version is known"
        return format_html('<a href="{}">{} other</a>', reverse("admin:family", args=[article.pk]), others)

    @admin.display(description="original")
    def originals_list(self, article):
        originals = article.originals.defer("content")
        return format_html_join(
            "", "<div>{}, SHA-256 <code>{}</code></div>", ((str(row), row.sha256) for row in originals)
        )
