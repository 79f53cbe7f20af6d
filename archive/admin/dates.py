"""The queue of stories whose days do not fit together."""

import datetime
from typing import Final, NamedTuple

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.views.decorators.http import require_http_methods

from archive.admin.posted import number_of, numbers_of
from archive.desk import correct, dates
from archive.models import DateDoubt, Source

PER_PAGE: Final = 50
SENTENCES: Final = {
    DateDoubt.Kind.DATELINE_LATER: "When it was published, the dateline’s day had begun nowhere yet.",
    DateDoubt.Kind.DATELINE_EARLIER: (
        f"The dateline’s day lies more than {dates.MAX_DATELINE_AGE_DAYS} days before the day of publication."
    ),
    DateDoubt.Kind.FUTURE: "It came in before its day of publication.",
    DateDoubt.Kind.WEEKDAY: "The printed weekday is not that of the day of publication.",
}


class FilterForm(forms.Form):
    """Which doubts to show."""

    kind = forms.ChoiceField(choices=[("", "every doubt"), *DateDoubt.Kind.choices], required=False)
    source = forms.ModelChoiceField(
        Source.objects.all(), to_field_name="slug", empty_label="every source", required=False
    )

    def narrow(self, doubts):
        """Return the doubts that are asked for; all of them where the form says nonsense."""
        wanted = self.cleaned_data if self.is_valid() else {}
        doubts = doubts.filter(kind=wanted["kind"]) if wanted.get("kind") else doubts
        return doubts.filter(article__source=wanted["source"]) if wanted.get("source") else doubts


class DayForm(forms.Form):
    """Another day for one story."""

    day = forms.DateField(
        error_messages={
            "required": "Say which day is right.",
            "invalid": "This is no day: write it as 2004-07-10.",
        }
    )
    why = forms.CharField(
        max_length=1000, error_messages={"required": "Readers see why a day was changed: say it."}
    )


class Row(NamedTuple):
    """A doubt with its three days; `suggested` is the day that is offered to correct to."""

    doubt: DateDoubt
    sentence: str
    received_on: datetime.date | None
    suggested: datetime.date


@require_http_methods(["GET", "HEAD", "POST"])
def dates_view(request: HttpRequest) -> HttpResponse:
    """List doubts about days; accept some, or all that are asked for, or give a story another day."""
    if not request.user.has_perm("archive.publish_article"):
        raise PermissionDenied
    form = FilterForm(request.GET)
    doubts = form.narrow(dates.waiting())
    if request.method == "POST":
        _act(request, doubts)
        return redirect(request.get_full_path())
    page = Paginator(doubts, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        **admin.site.each_context(request),
        "title": "Days that disagree",
        "form": form,
        "page": page,
        "rows": [_row(doubt) for doubt in page],
    }
    return TemplateResponse(request, "admin/dates.html", context)


def _row(doubt: DateDoubt) -> Row:
    article = doubt.article
    received = dates.received_on(article, article.source.zone)
    suggested = received if doubt.kind == DateDoubt.Kind.FUTURE else article.dateline_on
    return Row(doubt, SENTENCES[doubt.kind], received, suggested or article.published_on)


def _act(request: HttpRequest, doubts) -> None:
    """Do what the pressed button says: accept, accept-all, or correct:number."""
    verb, _, number = request.POST.get("action", "").partition(":")
    if verb == "accept":
        _accept(request, numbers_of(request.POST.getlist("doubt")))
    elif verb == "accept-all":
        _accept(request, list(doubts.values_list("pk", flat=True)))
    elif verb == "correct":
        _correct(request, number_of(number))


def _accept(request: HttpRequest, numbers: list[int]) -> None:
    done = dates.accept(numbers, by=request.user, why=request.POST.get("accepted-why", "")[:1000])
    if done:
        messages.success(request, f"{done:,} accepted as {'it is' if done == 1 else 'they are'}.")
    else:
        messages.error(request, "Tick the stories whose days are right.")


def _correct(request: HttpRequest, number: int) -> None:
    doubt = dates.waiting().filter(pk=number).first()
    form = DayForm({name: request.POST.get(f"{name}-{number}", "") for name in ("day", "why")})
    if doubt is None:
        messages.error(request, "Somebody else has settled this meanwhile.")
    elif not form.is_valid():
        messages.error(request, " ".join(each for errors in form.errors.values() for each in errors))
    else:
        day = form.cleaned_data["day"]
        try:
            correct.move_to_day(doubt.article, day, by=request.user, why=form.cleaned_data["why"])
        except (correct.CannotPublish, OverflowError) as error:
            messages.error(request, f"Nothing was changed. {error}")
        else:
            messages.success(request, f"“{doubt.article}” is now a story of {day.day} {day:%B %Y}.")
