"""Quotes: who said what, with an editor's last word."""

from django import forms
from django.contrib import admin

from archive.desk import verdicts
from archive.models import Quote


class QuoteForm(forms.ModelForm):
    """Who spoke, or that it is no quote."""

    release = forms.BooleanField(
        label="Let the machine decide again",
        required=False,
        help_text="Takes back what an editor said of this quote.",
    )

    class Meta:
        model = Quote
        fields = ["speaker", "speaker_text", "is_hidden"]


@admin.register(Quote)
class QuoteAdmin(admin.ModelAdmin):
    """Quotes come from the copy; an editor says who spoke, and reading the article again keeps it so."""

    form = QuoteForm
    list_display = [
        "words",
        "speaker",
        "speaker_text",
        "article",
        "kind",
        "confidence",
        "is_by_hand",
        "is_hidden",
    ]
    list_filter = ["is_by_hand", "is_hidden", "kind"]
    list_select_related = ["speaker", "article"]
    search_fields = ["text", "speaker_text", "article__headline"]
    autocomplete_fields = ["speaker"]
    readonly_fields = ["article", "text", "kind", "verb", "via", "confidence", "reason", "is_by_hand"]
    fields = ["article", "text", "speaker", "speaker_text", "is_hidden", "release", *readonly_fields[2:]]
    list_per_page = 50
    show_full_result_count = False

    @admin.display(description="quote", ordering="text")
    def words(self, quote: Quote) -> str:
        return str(quote)

    def has_add_permission(self, request):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    def has_view_permission(self, request, obj=None):
        return request.user.has_perm("archive.view_entity")

    def has_change_permission(self, request, obj=None):
        return request.user.has_perm("archive.change_entity")

    def has_module_permission(self, request):
        return self.has_view_permission(request)

    def save_model(self, request, obj, form, change):
        quote, values = Quote.objects.get(pk=obj.pk), form.cleaned_data
        if values["release"]:
            verdicts.release_quote(quote)
            return
        text = values["speaker_text"] if "speaker_text" in form.changed_data else ""
        verdicts.correct_quote(
            quote,
            speaker=values["speaker"],
            speaker_text=text,
            is_hidden=values["is_hidden"],
            by=request.user,
        )
