"""Addresses for programs."""

from django.urls import path

from archive.api import reconcile

urlpatterns = [
    path("reconcile/", reconcile.service, name="reconcile"),
    path("reconcile/suggest/entity", reconcile.suggest_entity, name="reconcile_suggest_entity"),
    path("reconcile/suggest/type", reconcile.suggest_type, name="reconcile_suggest_type"),
    path("reconcile/preview", reconcile.preview, name="reconcile_preview"),
]
