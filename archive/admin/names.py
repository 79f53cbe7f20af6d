"""Registered names and their spellings."""

from django import forms
from django.contrib import admin
from django.db.models import F

from archive.desk import authority
from archive.models import Alias, Entity


class SpellingForm(forms.ModelForm):
    """One more spelling; the form's checks are those of the desk."""

    class Meta:
        model = Alias
        fields = ["text"]

    def clean_text(self):
        return authority.tidy(self.cleaned_data["text"])


class SpellingInline(admin.StackedInline):
    """Spellings besides the preferred one: added and removed, never changed into others."""

    model = Alias
    form = SpellingForm
    fields = ["text"]
    extra = 2
    verbose_name = "other spelling"
    verbose_name_plural = "other spellings"

    def get_queryset(self, request):
        return super().get_queryset(request).exclude(text=F("entity__name"))

    def has_change_permission(self, request, obj=None):
        return False


class NameForm(forms.ModelForm):
    class Meta:
        model = Entity
        fields = ["kind", "name", "description"]

    def clean_name(self):
        return authority.tidy(self.cleaned_data["name"])


@admin.register(Entity)
class EntityAdmin(admin.ModelAdmin):
    """Names; every change goes through `archive.desk.authority`, and the articles follow."""

    form = NameForm
    inlines = [SpellingInline]
    list_display = ["name", "kind", "description"]
    list_filter = ["kind"]
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
            authority.rename(entity, values["name"], by=request.user)
        if {"kind", "description"} & set(form.changed_data):
            authority.describe(
                entity, kind=values["kind"], description=values["description"], by=request.user
            )

    def save_formset(self, request, form, formset, change):
        entity = Entity.objects.get(pk=form.instance.pk)
        formset.save(commit=False)
        for alias in formset.deleted_objects:
            if alias.text != entity.name:  # It may just have become the preferred one.
                authority.remove_spelling(alias, by=request.user)
        for row in formset.extra_forms:
            if row.has_changed() and not row.cleaned_data.get("DELETE"):
                row.instance = authority.add_spelling(entity, row.cleaned_data["text"], by=request.user)
