"""Makes the benchmark a Django application, so that Haystack finds its index definition."""

from django.apps import AppConfig


class BenchmarksConfig(AppConfig):
    """The benchmark's own application; no part of the archive."""

    name = "tests.benchmarks"
    label = "benchmarks"
    default_auto_field = "django.db.models.BigAutoField"
