"""Settings, in groups. Whatever an operator may change is an environment variable, listed in README.md.

Two ways to run: *local* (ARCHIVE_LOCAL=1, the default of manage.py), which answers on localhost only and
generates its secret, and *production*, where a missing secret or host stops start-up and names the variable.
"""

from pathlib import Path
from urllib.parse import quote, unquote, urlsplit

import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from archive.environment import (
    find_read_only_address,
    get_flag,
    get_folder,
    get_level,
    get_list,
    get_number,
    get_required,
    get_text,
    get_zone,
)
from archive.secrets import get_or_create_secret

BASE_DIR = Path(__file__).resolve().parent.parent

# --- Where things are ---------------------------------------------------------------------------------------

ARCHIVE_DATA_DIR = get_folder("ARCHIVE_DATA_DIR", BASE_DIR / "data")
ARCHIVE_NAME = get_text("ARCHIVE_NAME", "Dateline")
ROOT_URLCONF = "archive.urls"
WSGI_APPLICATION = "archive.wsgi.application"

# --- Safety -------------------------------------------------------------------------------------------------

DEBUG = get_flag("ARCHIVE_DEBUG", False)
ARCHIVE_LOCAL = get_flag("ARCHIVE_LOCAL", False)
LOCAL_HOSTS = ["localhost", "127.0.0.1", "[::1]"]

if ARCHIVE_LOCAL or DEBUG:
    SECRET_KEY = get_text("ARCHIVE_SECRET_KEY", "") or get_or_create_secret(ARCHIVE_DATA_DIR / "secret-key")
    ALLOWED_HOSTS = get_list("ARCHIVE_HOSTS", LOCAL_HOSTS)
else:
    SECRET_KEY = get_required(
        "ARCHIVE_SECRET_KEY", "Set it to 50 or more random characters that nobody else has."
    )
    get_required("ARCHIVE_HOSTS", "Set it to the host names readers use, parted by commas.")
    ALLOWED_HOSTS = get_list("ARCHIVE_HOSTS", [])

# Readers reach a production archive over HTTPS; ARCHIVE_HTTPS=0 is for a closed network without it.
ARCHIVE_HTTPS = get_flag("ARCHIVE_HTTPS", not (ARCHIVE_LOCAL or DEBUG))
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = ARCHIVE_HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if ARCHIVE_HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = ARCHIVE_HTTPS
if get_flag("ARCHIVE_BEHIND_PROXY", False):
    # Only for a proxy that sets this header itself and strips it from what readers send.
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "object-src": [NONE],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "form-action": [SELF],
        "img-src": [SELF, "data:"],
    },
}

# --- Applications -------------------------------------------------------------------------------------------

INSTALLED_APPS = [
    "archive.apps.ArchiveConfig",
    "archive.admin.apps.ArchiveAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "haystack",
    "simple_history",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "archive.pages.bodies.LimitAnonymousBodies",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "archive.pages.context.site",
            ],
        },
    },
]

# --- Database -----------------------------------------------------------------------------------------------

DATABASE_URL = get_text("DATABASE_URL", "")
if DATABASE_URL:
    DATABASES = {"default": environ.Env.db_url_config(DATABASE_URL)}
else:
    # As a path: in an address, a # or ? in the folder's name would end it.
    DATABASES = {
        "default": {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": ARCHIVE_DATA_DIR / "archive.sqlite3",
        }
    }
if not DATABASES["default"].get("ENGINE"):
    # Its value is not repeated here: it may hold a password.
    raise ImproperlyConfigured("DATABASE_URL has to look like postgres://user:password@host/name.")
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # Of 1,200 read-then-write transactions by four processes, DEFERRED lost 347 to locks, IMMEDIATE none.
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 30,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-32768;",
    }
    if read_only := find_read_only_address(Path(DATABASES["default"]["NAME"])):
        # Reading goes on where nothing can be written, such as on a disk that the system has locked.
        DATABASES["default"] |= {"NAME": read_only, "OPTIONS": {"init_command": "PRAGMA cache_size=-32768;"}}
# A new connection for each request costs a page 2 ms with SQLite, mostly to read the schema.
DATABASES["default"] = {"CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True} | DATABASES["default"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- Search -------------------------------------------------------------------------------------------------

SEARCH_URL = get_text("SEARCH_URL", f"whoosh://{quote(str(ARCHIVE_DATA_DIR / 'index'))}")


def search_path(url: str) -> str:
    """Return the folder of a whoosh:///absolute/path address."""
    parts = urlsplit(url)
    if parts.scheme != "whoosh" or parts.netloc or not parts.path.startswith("/"):
        raise ImproperlyConfigured(
            f"SEARCH_URL is {url}; it has to look like whoosh:///absolute/path/to/index."
        )
    return unquote(parts.path)


HAYSTACK_CONNECTIONS = {
    "default": {
        "ENGINE": "archive.search.engines.whoosh.WhooshEngine",
        "PATH": search_path(SEARCH_URL),
        "INCLUDE_SPELLING": True,
        "PROCESSES": get_number("ARCHIVE_INDEX_PROCESSES", 0),
    },
}
HAYSTACK_ITERATOR_LOAD_PER_QUERY = 100
ARCHIVE_RESULTS_PER_PAGE = get_number("ARCHIVE_RESULTS_PER_PAGE", 20, least=1)
ARCHIVE_MAX_EXPORT = get_number("ARCHIVE_MAX_EXPORT", 100_000)
ARCHIVE_EXPORTS_AT_ONCE = get_number("ARCHIVE_EXPORTS_AT_ONCE", 2)
ARCHIVE_RATE_LIMIT = get_number("ARCHIVE_RATE_LIMIT", 120)
ARCHIVE_SEARCH_LOG = get_flag("ARCHIVE_SEARCH_LOG", True)

# --- Taking copy in -----------------------------------------------------------------------------------------

ARCHIVE_MAX_UPLOAD_BYTES = get_number("ARCHIVE_MAX_UPLOAD_BYTES", 20 * 1024 * 1024, least=1)
ARCHIVE_MAX_UPLOAD_FILES = get_number("ARCHIVE_MAX_UPLOAD_FILES", 200, least=1)
DATA_UPLOAD_MAX_NUMBER_FILES = ARCHIVE_MAX_UPLOAD_FILES + 10
DATA_UPLOAD_MAX_NUMBER_FIELDS = 20_000
DATA_UPLOAD_MAX_MEMORY_SIZE = 50 * 1024 * 1024

# --- Language and time --------------------------------------------------------------------------------------

LANGUAGE_CODE = "en-gb"
USE_I18N = True
USE_TZ = True
# Days are printed in the zone of each story's source; this zone is for the rest, such as admin logs.
TIME_ZONE = get_zone("ARCHIVE_ZONE", "UTC")

# --- Signing in ---------------------------------------------------------------------------------------------

LOGIN_URL = "sign_in"
LOGIN_REDIRECT_URL = "saved"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]

# --- Static files and logs ----------------------------------------------------------------------------------

STATIC_URL = "/static/"
STATIC_ROOT = ARCHIVE_DATA_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
if DEBUG:
    STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {"archive": {"level": get_level("ARCHIVE_LOG_LEVEL", "INFO")}},
}
