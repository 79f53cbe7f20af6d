"""Searches that a signed-in reader keeps, and the private feed of each."""

from typing import Final

from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import LoginView, LogoutView
from django.http import HttpResponseRedirect, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from archive.models import SavedSearch
from archive.pages import exports
from archive.pages.addresses import NotHere
from archive.pages.limits import EXPORT_COST, cost_of_sign_in, limited
from archive.search import saved
from archive.search.errors import SearchError
from archive.search.query import ArchiveQuery

_FEED: Final = exports.BY_ENDING["atom"]


@method_decorator(limited(cost_of_sign_in), name="dispatch")
class SignIn(LoginView):
    """Sign a reader in; administrators make the accounts."""

    template_name = "pages/sign_in.html"
    redirect_authenticated_user = True


class SignOut(LogoutView):
    """Sign a reader out, by POST only."""

    next_page = "home"


@require_safe
@never_cache
@login_required
def searches(request):
    """List the searches a reader keeps, and how many stories are new in each."""
    kept = list(request.user.saved_searches.all())
    return render(request, "pages/saved.html", {"news": saved.news_of(kept)})


@require_POST
@login_required
def save(request):
    """Keep the search whose question is in the form."""
    query = ArchiveQuery.from_params(QueryDict(request.POST.get("question", "")))
    if not query.is_empty:
        try:
            saved.save(request.user, query, request.POST.get("name", ""))
        except ValueError as error:
            return render(request, "pages/saved.html", {"news": [], "refused": str(error)}, status=400)
    return redirect("saved")


@require_POST
@login_required
def look(request, pk: int):
    """Show a saved search, the newest first; what is there now counts as seen."""
    return HttpResponseRedirect(saved.look_at(_own(request, pk)))


@require_POST
@login_required
def delete(request, pk: int):
    """Forget a saved search; its feed ends with it."""
    _own(request, pk).delete()
    return redirect("saved")


def _own(request, pk: int) -> SavedSearch:
    return get_object_or_404(SavedSearch, pk=pk, reader=request.user)


@require_safe
@never_cache
@limited(EXPORT_COST / 4)
def feed(request, token: str):
    """Send the newest stories of a saved search to whoever knows its secret address."""
    search = SavedSearch.objects.filter(token=token, reader__is_active=True).first()
    if search is None:
        raise NotHere("There is no feed with this address.")
    try:
        found = saved.newest_of(search)
    except SearchError:
        response = render(request, "pages/feed_later.html", status=503)
        response["Retry-After"] = "300"
        return response
    return exports.send(request, saved.query_of(search), found, _FEED)
