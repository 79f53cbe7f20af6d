"""Addresses for programs."""

from django.urls import path

from archive.api import extension, reconcile

urlpatterns = [
    path("reconcile/", reconcile.service, name="reconcile"),
    path("reconcile/suggest/entity", reconcile.suggest_entity, name="reconcile_suggest_entity"),
    path("reconcile/suggest/type", reconcile.suggest_type, name="reconcile_suggest_type"),
    path("reconcile/suggest/property", extension.suggest_property, name="reconcile_suggest_property"),
    path("reconcile/properties", extension.propose_properties, name="reconcile_properties"),
    path("reconcile/preview", reconcile.preview, name="reconcile_preview"),
]
