"""Restoring an article to one of its versions: first what would change, then the change."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse

from archive.admin.forms import WhyForm
from archive.desk import correct
from archive.desk.closings import closed_versions
from archive.desk.versions import compare_stories


def restore_view(model_admin, request, object_id, version: int):
    """Show what restoring `version` changes and ask why; on POST, restore it."""
    article = model_admin.get_object(request, str(object_id))
    if article is None:
        raise Http404("There is no such article.")
    if not model_admin.has_change_permission(request, article):
        raise PermissionDenied
    revision = article.revisions.filter(version=version).order_by("history_date", "history_id").last()
    if revision is None:
        raise Http404("This article has no such version.")
    history_url = reverse("admin:archive_article_history", args=[article.pk])
    form = WhyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            correct.restore(article, version, by=request.user, why=form.cleaned_data["why"])
        except correct.CannotPublish as error:
            messages.error(request, f"Nothing was restored. {error}")
        else:
            messages.success(request, f"The article says again what it said in version {version}.")
        return redirect(history_url)
    context = {
        **model_admin.admin_site.each_context(request),
        "title": f"Restore version {version}",
        "opts": model_admin.opts,
        "article": article,
        "changes": compare_stories(article, revision, article.source.zone),
        "form": form,
        "history_url": history_url,
        "closed": closed_versions(article).get(version),
    }
    return TemplateResponse(request, "admin/archive/article/restore.html", context)
