"""What every page's template knows."""

from django.conf import settings


def site(request):
    return {"archive_name": settings.ARCHIVE_NAME}
