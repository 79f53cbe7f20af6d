"""Set Django up for a benchmark: two Haystack connections and nothing else of the archive."""

import logging
from pathlib import Path

import django
from django.conf import settings

OURS = "archive.search.engines.whoosh.backend.WhooshEngine"
STOCK = "haystack.backends.whoosh_backend.WhooshEngine"


def set_up_django(folder: Path) -> None:
    """Configure settings with the connections "ours" and "stock", their indexes in `folder`."""
    settings.configure(
        SECRET_KEY="benchmark",
        USE_TZ=False,
        DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
        INSTALLED_APPS=["haystack", "tests.benchmarks"],
        HAYSTACK_CONNECTIONS={
            # SearchQuerySet wants one of this name; it is never asked anything.
            "default": {"ENGINE": "haystack.backends.simple_backend.SimpleEngine"},
            "ours": {"ENGINE": OURS, "PATH": str(folder / "ours")},
            "stock": {"ENGINE": STOCK, "PATH": str(folder / "stock")},
        },
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    )
    django.setup()
    logging.getLogger("haystack").setLevel(logging.ERROR)
