"""System checks: settings that would make the archive fail later, or less safe than it looks, are named."""

import re
from typing import Final

from django.conf import settings
from django.core.checks import Warning as CheckWarning
from django.core.checks import register

# An address, or a port after a name; the colons of [::1] are its own.
_NOT_A_HOST: Final = re.compile(r"/|:[0-9]*$")


@register()
def check_hosts(app_configs=None, **options) -> list[CheckWarning]:
    """Warn of hosts that are none, and of an archive for others that runs as if it were local."""
    found = []
    faulty = [host for host in settings.ALLOWED_HOSTS if _NOT_A_HOST.search(host)]
    if faulty:
        found.append(
            CheckWarning(
                f"ARCHIVE_HOSTS holds {', '.join(faulty)}, which answers to nothing.",
                hint="Write bare host names, without https:// and without a port.",
                id="archive.W001",
            )
        )
    others = sorted(set(settings.ALLOWED_HOSTS) - set(settings.LOCAL_HOSTS) - {"testserver"})
    if others and settings.ARCHIVE_LOCAL and not settings.ARCHIVE_HTTPS:
        found.append(
            CheckWarning(
                f"The archive answers to {', '.join(others)}, but runs as a local one: passwords and "
                "sessions go over the network unprotected.",
                hint="Set ARCHIVE_LOCAL=0 and ARCHIVE_SECRET_KEY, or ARCHIVE_HTTPS=1.",
                id="archive.W002",
            )
        )
    return found
