"""Forms of the upload pages."""

from collections.abc import Iterable

from django import forms
from django.conf import settings

from archive.desk.mending import Printed
from archive.models import Source
from archive.models.articles import HEADLINE_CHARS, Article

TEXT_CHARS = {name: Article._meta.get_field(name).max_length for name in ("place", "section", "sign_off")}


class SeveralFilesInput(forms.ClearableFileInput):
    allow_multiple_selected = True


class SeveralFilesField(forms.FileField):
    """Any number of files. Empty ones pass: the report names them."""

    widget = SeveralFilesInput

    def clean(self, data, initial=None):
        return list(data or [])


class UploadForm(forms.Form):
    """Files, pasted text, or both, from one source."""

    source = forms.ModelChoiceField(
        Source.objects.all(),
        empty_label="Choose where the copy comes from",
        help_text="Days and times in the copy are read in this source’s time zone.",
    )
    files = SeveralFilesField(required=False)
    text = forms.CharField(
        label="Or paste one article",
        required=False,
        strip=False,
        max_length=settings.ARCHIVE_MAX_UPLOAD_BYTES // 4,
        widget=forms.Textarea(attrs={"rows": 8, "dir": "auto"}),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["source"].label_from_instance = lambda source: f"{source.name} ({source.zone})"
        sources = list(Source.objects.all()[:2])
        if len(sources) == 1:
            self.fields["source"].initial = sources[0]

    def clean_files(self):
        files = self.cleaned_data["files"]
        if len(files) > settings.ARCHIVE_MAX_UPLOAD_FILES:
            raise forms.ValidationError(
                f"These are {len(files):,} files; at most {settings.ARCHIVE_MAX_UPLOAD_FILES:,} can be "
                "reviewed at once. Upload them in parts, or let an administrator run “manage.py ingest”."
            )
        return files

    def clean(self):
        cleaned = super().clean()
        if not self.errors and not cleaned.get("files") and not cleaned.get("text", "").strip():
            raise forms.ValidationError("Choose at least one file, or paste an article.")
        return cleaned


class ItemForm(forms.Form):
    """One article of an upload: whether to accept it, and its fields, to be mended.

    The two hidden fields say what the archivist saw; `archive.desk.batches` compares them.
    """

    accept = forms.BooleanField(required=False)
    edition = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    was_seen = forms.CharField(widget=forms.HiddenInput, max_length=80)
    headline = forms.CharField(required=False, max_length=HEADLINE_CHARS)
    day = forms.DateField(required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    time = forms.TimeField(required=False, widget=forms.TimeInput(attrs={"type": "time", "step": "1"}))
    place = forms.CharField(required=False, max_length=TEXT_CHARS["place"])
    section = forms.CharField(required=False, max_length=TEXT_CHARS["section"])
    sign_off = forms.CharField(
        label="Sign-off", required=False, max_length=TEXT_CHARS["sign_off"], help_text="Such as NA/PA."
    )
    body = forms.CharField(required=False, widget=forms.Textarea(attrs={"rows": 12}))

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name in ("headline", "place", "section", "body"):
            self.fields[name].widget.attrs["dir"] = "auto"

    def typed(self) -> dict[str, str]:
        """Return the fields of `Printed` as text; valid forms only."""
        values = self.cleaned_data
        day, time = values["day"], values["time"]
        return {
            **{name: values[name] for name in ("headline", "place", "section", "sign_off")},
            "day": day.isoformat() if day else "",
            "time": time.strftime("%H:%M:%S" if time.second else "%H:%M") if time else "",
            "body": values["body"].replace("\r\n", "\n"),
        }

    def mend_fields(self) -> Iterable[forms.BoundField]:
        return [self[name] for name in Printed._fields]


class WhyForm(forms.Form):
    """Why an article is published or withdrawn, for its history."""

    why = forms.CharField(
        label="Why",
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Readers can read it among the article's versions, without your name.",
    )
