"""The archive's own settings on throw-away data."""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

# One folder for each test process; pytest-xdist names its workers.
TEST_DATA_DIR = Path(tempfile.mkdtemp(prefix="dateline-test-"))
atexit.register(shutil.rmtree, TEST_DATA_DIR, ignore_errors=True)
os.environ["ARCHIVE_DATA_DIR"] = str(TEST_DATA_DIR)
os.environ["ARCHIVE_LOCAL"] = "1"
# Tests of these turn them on.
os.environ |= {"ARCHIVE_RATE_LIMIT": "0", "ARCHIVE_SEARCH_LOG": "0", "ARCHIVE_EXPORTS_AT_ONCE": "0"}
for name in ("DATABASE_URL", "SEARCH_URL", "ARCHIVE_DEBUG", "ARCHIVE_HOSTS"):
    os.environ.pop(name, None)

from archive.settings import *  # noqa: E402, F403
from archive.settings import DATABASES, INSTALLED_APPS, STATIC_ROOT, STORAGES  # noqa: E402

INSTALLED_APPS = [*INSTALLED_APPS, "tests.search.sample"]
ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {
    **STORAGES,
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}

# A file, because the live server of the browser tests reads it from other threads; nothing in it must last.
DATABASES = {
    "default": {
        **DATABASES["default"],
        "TEST": {"NAME": str(TEST_DATA_DIR / "test.sqlite3")},
        "OPTIONS": {
            **DATABASES["default"]["OPTIONS"],
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF;",
        },
    }
}
# WhiteNoise warns of a folder that is not there; nothing is collected for tests.
STATIC_ROOT.mkdir(exist_ok=True)
