"""Who stands behind the sign-off codes."""

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Count, Max, Min
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.views.decorators.http import require_http_methods

from archive.admin.desk import unknown_codes
from archive.desk import authority
from archive.models import BylineCode, Contributor, Source


class CodeForm(forms.Form):
    """Whose a code is, or was between two days."""

    code = forms.CharField(max_length=8, widget=forms.HiddenInput)
    contributor_name = forms.CharField(label="Name", max_length=200)
    source = forms.ModelChoiceField(Source.objects.all(), required=False, empty_label="every source")
    valid_from = forms.DateField(label="From", required=False, widget=forms.DateInput(attrs={"type": "date"}))
    valid_to = forms.DateField(label="To", required=False, widget=forms.DateInput(attrs={"type": "date"}))


@require_http_methods(["GET", "HEAD", "POST"])
def unknown_codes_view(request: HttpRequest) -> HttpResponse:
    """List the codes nobody has registered, with how often and when they were used, and register them."""
    if not request.user.has_perm("archive.view_bylinecode"):
        raise PermissionDenied
    faulty = None
    if request.method == "POST":
        if not request.user.has_perm("archive.add_bylinecode"):
            raise PermissionDenied
        faulty = _register(request)
        if faulty is None:
            return redirect("admin:unknown_codes")
    rows = unknown_codes().values("code").order_by("code")
    rows = rows.annotate(
        articles=Count("article", distinct=True),
        first=Min("article__published_on"),
        last=Max("article__published_on"),
    )
    context = {
        **admin.site.each_context(request),
        "title": "Unknown sign-off codes",
        "rows": [(row, _form_for(row["code"], faulty)) for row in rows],
        "may_register": request.user.has_perm("archive.add_bylinecode"),
    }
    return TemplateResponse(request, "admin/unknown_codes.html", context)


def _form_for(code: str, faulty: CodeForm | None) -> CodeForm:
    if faulty is not None and faulty.data.get("code") == code:
        return faulty
    return CodeForm(initial={"code": code}, auto_id=f"id_{code}_%s")


def _register(request: HttpRequest) -> CodeForm | None:
    """Register one code; return the form if something in it needs mending."""
    form = CodeForm(request.POST, auto_id=f"id_{request.POST.get('code', '')}_%s")
    if not form.is_valid():
        return form
    try:
        byline = authority.register_code(**form.cleaned_data, by=request.user)
    except ValidationError as error:
        form.add_error(None, error.messages)
        return form
    messages.success(request, f"{byline.code} is {byline.contributor} now.")
    return None


class BylineCodeInline(admin.StackedInline):
    model = BylineCode
    extra = 1


@admin.register(Contributor)
class ContributorAdmin(admin.ModelAdmin):
    list_display = ["name", "codes_line", "note"]
    search_fields = ["name", "codes__code"]
    inlines = [BylineCodeInline]

    @admin.display(description="codes")
    def codes_line(self, contributor):
        return ", ".join(sorted({byline.code for byline in contributor.codes.all()})) or "-"

    def get_queryset(self, request):
        return super().get_queryset(request).prefetch_related("codes")

    def save_model(self, request, obj, form, change):
        super().save_model(request, obj, form, change)
        if change and "name" in form.changed_data:
            for code in obj.codes.values_list("code", flat=True).distinct():
                authority.code_changed(code)

    def delete_model(self, request, obj):
        with transaction.atomic():
            codes = set(obj.codes.values_list("code", flat=True))
            super().delete_model(request, obj)
            for code in codes:
                authority.code_changed(code)

    def delete_queryset(self, request, queryset):
        for contributor in queryset:
            self.delete_model(request, contributor)

    def save_formset(self, request, form, formset, change):
        """Save the codes, and let the index learn about the articles signed with them, before and after."""
        before = set(form.instance.codes.values_list("code", flat=True))
        for row in formset.save(commit=False):
            row.code = row.code.strip().upper()
            row.save()
        for row in formset.deleted_objects:
            row.delete()
        for code in before | set(form.instance.codes.values_list("code", flat=True)):
            authority.code_changed(code)
