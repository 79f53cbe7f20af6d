"""Registered names and their spellings."""

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import F

from archive.desk import authority, spellings
from archive.models import Alias, Entity


class SpellingForm(forms.ModelForm):
    """One more spelling; the form's checks are those of the desk."""

    confirm = forms.BooleanField(label="Even if it is a letter or a common word", required=False)

    class Meta:
        model = Alias
        fields = ["text"]

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("text"):
            cleaned["text"] = _checked(self, "text", cleaned.get("confirm", False))
        return cleaned


class SpellingInline(admin.StackedInline):
    """Spellings besides the preferred one: added and removed, never changed into others."""

    model = Alias
    form = SpellingForm
    fields = ["text", "confirm"]
    extra = 2
    verbose_name = "other spelling"
    verbose_name_plural = "other spellings"

    def get_queryset(self, request):
        return super().get_queryset(request).exclude(text=F("entity__name"))

    def has_change_permission(self, request, obj=None):
        return False


class NameForm(forms.ModelForm):
    confirm = forms.BooleanField(
        label="Even if it is a letter or a common word",
        required=False,
        help_text="Such a name is found wherever the word stands.",
    )

    class Meta:
        model = Entity
        fields = ["kind", "name", "description", "wikidata", "viaf"]

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("name") and "name" in self.changed_data:
            cleaned["name"] = _checked(self, "name", cleaned.get("confirm", False))
        return cleaned


def _checked(form: forms.Form, field: str, confirm: bool) -> str:
    """Return the spelling in a field as the desk takes it; what the desk objects to is shown beside it."""
    try:
        return spellings.check(form.cleaned_data[field], confirm)
    except ValidationError as error:
        form.add_error(field, error)
        return form.data.get(form.add_prefix(field), "")


@admin.register(Entity)
class EntityAdmin(admin.ModelAdmin):
    """Names; every change goes through `archive.desk.authority`, and the articles follow."""

    form = NameForm
    inlines = [SpellingInline]
    list_display = ["name", "kind", "description"]
    list_filter = ["kind"]
    change_form_template = "admin/archive/entity/change_form.html"
    search_fields = ["name", "aliases__text"]

    def get_queryset(self, request):
        return super().get_queryset(request).current()

    def has_delete_permission(self, request, obj=None):
        return False

    def get_readonly_fields(self, request, obj=None):
        return ["slug"] if obj is not None else []

    def save_model(self, request, obj, form, change):
        values = form.cleaned_data
        if not change:
            made = authority.register_name(**values, by=request.user)
            obj.pk, obj.slug = made.pk, made.slug
            return
        entity = Entity.objects.get(pk=obj.pk)
        if "name" in form.changed_data:
            authority.rename(entity, values["name"], by=request.user, confirm=values["confirm"])
        if set(authority.DESCRIBED) & set(form.changed_data):
            described = {name: values[name] for name in authority.DESCRIBED}
            authority.describe(entity, **described, by=request.user)

    def save_formset(self, request, form, formset, change):
        entity = Entity.objects.get(pk=form.instance.pk)
        formset.save(commit=False)
        for alias in formset.deleted_objects:
            if alias.text != entity.name:  # It may just have become the preferred one.
                authority.remove_spelling(alias, by=request.user)
        for row in formset.extra_forms:
            if row.has_changed() and not row.cleaned_data.get("DELETE"):
                values = row.cleaned_data
                row.instance = authority.add_spelling(
                    entity, values["text"], by=request.user, confirm=values["confirm"]
                )
