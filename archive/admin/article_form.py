"""The form in which an article is corrected."""

from typing import ClassVar

from django import forms

from archive.desk.mending import changed_fields, has_markup, printed
from archive.models import Article


class ArticleForm(forms.ModelForm):
    """The fields of an article as a person types them; `changes` holds what the desk is to change."""

    day = forms.DateField(
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text="The printed day.",
    )
    time = forms.TimeField(
        required=False, widget=forms.TimeInput(attrs={"type": "time", "step": "1"}), help_text="As printed."
    )
    body = forms.CharField(
        required=False, widget=forms.Textarea(attrs={"rows": 20, "cols": 80, "dir": "auto"})
    )
    why = forms.CharField(
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2, "cols": 80}),
        help_text="What you changed and on what ground. Needed once readers have seen the article; they can "
        "read it among its versions, without your name.",
    )
    seen_version = forms.IntegerField(widget=forms.HiddenInput)

    changes: ClassVar[dict] = {}

    class Meta:
        model = Article
        fields = ["headline", "place", "section", "sign_off"]
        labels = {"sign_off": "Sign-off"}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        zone = self.instance.source.zone
        self.initial |= printed(self.instance, zone)._asdict()
        self.initial["seen_version"] = self.instance.version
        self.fields["time"].help_text = f"As printed, in the source’s zone ({zone})."
        self.fields["body"].help_text = (
            "HTML; whatever is unsafe is removed."
            if has_markup(self.instance.body_html)
            else "Paragraphs, parted by blank lines."
        )
        # Django leaves a model's fields out for those who may only look.
        for name in ("headline", "day"):
            if name in self.fields:
                self.fields[name].required = self.instance.is_public

    def clean_body(self):
        return self.cleaned_data["body"].replace("\r\n", "\n")

    def clean(self):
        cleaned = super().clean()
        current = _locked(self.instance)
        if cleaned.get("seen_version") not in (None, current.version):
            raise forms.ValidationError(
                "Somebody else changed this article while you were editing. Open it again in another tab, "
                "see the history, and repeat what is still needed."
            )
        if self.errors:
            return cleaned
        self.changes = changed_fields(current, self._typed(cleaned), current.source.zone)
        if self.changes and current.status != Article.Status.DRAFT and not cleaned["why"].strip():
            self.add_error("why", "Readers have seen this article: say why it changes.")
        return cleaned

    @staticmethod
    def _typed(cleaned: dict) -> dict[str, str]:
        day, time = cleaned["day"], cleaned["time"]
        return {
            **{name: cleaned[name] for name in ("headline", "place", "section", "sign_off", "body")},
            "day": day.isoformat() if day else "",
            "time": time.strftime("%H:%M:%S" if time.second else "%H:%M") if time else "",
        }

    def _post_clean(self):
        """Leave the instance as it is: the desk reads the row again and changes that."""


def _locked(article: Article) -> Article:
    """Read the article again and hold it until the request's transaction ends."""
    articles = Article.objects.select_for_update(of=("self",)).select_related("source")
    return articles.get(pk=article.pk)
