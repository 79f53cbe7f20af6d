"""How much an anonymous reader may ask for at once: a bucket of tokens for each connection.

Kept in the memory of each serving process and nowhere else; nobody's address is written down. A package that
counts in the cache would count in a process's memory too, as the archive needs no cache server.
"""

import time
from collections import OrderedDict
from collections.abc import Callable
from functools import wraps
from ipaddress import IPv6Address, ip_address
from math import ceil
from threading import Lock
from typing import Final

from django.conf import settings

from archive.pages.errors import too_many_requests

# What a request takes out of the bucket, which holds ARCHIVE_RATE_LIMIT and is filled again in a minute.
SUGGEST_COST: Final = 1
LONG_QUESTION_COST: Final = 4
EXPORT_COST: Final = 12
SIGN_IN_COST: Final = 8
LONG_QUESTION_CHARS: Final = 400
MOST_CONNECTIONS: Final = 10_000
SECONDS: Final = 60


class Buckets:
    """Token buckets by key; the longest unused are forgotten first."""

    def __init__(self, clock: Callable[[], float] = time.monotonic):
        self._clock = clock
        self._lock = Lock()
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, key: str, cost: float, size: float) -> int:
        """Take `cost` tokens out of a bucket of `size`; return 0, or how many seconds too early it is."""
        now = self._clock()
        cost = min(cost, size)
        with self._lock:
            left, at = self._left.pop(key, (size, now))
            left = min(size, left + (now - at) * size / SECONDS)
            enough = left >= cost
            self._left[key] = (left - cost if enough else left, now)
            while len(self._left) > MOST_CONNECTIONS:
                self._left.popitem(last=False)
        return 0 if enough else ceil((cost - left) * SECONDS / size)

    def forget(self) -> None:
        with self._lock:
            self._left.clear()


buckets = Buckets()


def limited(cost: float | Callable):
    """Let a view answer 429 to anonymous readers who ask for too much; `cost` may depend on the request."""

    def decorate(view):
        @wraps(view)
        def wrapped(request, *args, **kwargs):
            wait_seconds = seconds_to_wait(request, cost(request) if callable(cost) else cost)
            if wait_seconds:
                return too_many_requests(request, retry_after_seconds=wait_seconds)
            return view(request, *args, **kwargs)

        return wrapped

    return decorate


def seconds_to_wait(request, cost: float) -> int:
    """Return 0 where a request is welcome; signed-in readers always are."""
    size = settings.ARCHIVE_RATE_LIMIT
    if not size or not cost or is_signed_in(request):
        return 0
    return buckets.take(connection_of(request), cost, size)


def is_signed_in(request) -> bool:
    """Ask for the session only where there is one: pages without stay the same for everybody."""
    return settings.SESSION_COOKIE_NAME in request.COOKIES and request.user.is_authenticated


def cost_of_question(request) -> float:
    """Return what a search costs: nothing, but for very long questions."""
    return LONG_QUESTION_COST if len(request.GET.get("q", "")) > LONG_QUESTION_CHARS else 0


def cost_of_sign_in(request) -> float:
    """Return what an attempt costs, so that passwords cannot be guessed quickly; looking costs nothing."""
    return SIGN_IN_COST if request.method == "POST" else 0


def connection_of(request) -> str:
    """Return what stands for a reader's connection: an IPv4 address, or the network of an IPv6 one.

    Behind a proxy it is the last address of X-Forwarded-For, which is the only one the proxy vouches for.
    """
    text = request.META.get("REMOTE_ADDR", "")
    if settings.SECURE_PROXY_SSL_HEADER:
        text = request.META.get("HTTP_X_FORWARDED_FOR", text).rpartition(",")[2].strip()
    try:
        address = ip_address(text)
    except ValueError:
        return text[:60]
    if isinstance(address, IPv6Address):
        return str(address.ipv4_mapped or int(address) >> 64)
    return str(address)
