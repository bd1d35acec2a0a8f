"""Counting requests in the shared cache. Addresses are kept only as keyed digests, briefly."""

from __future__ import annotations

import hashlib
import hmac
import math
import time

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest

from .errors import TooManyRequests

PERIODS = {"second": 1, "minute": 60, "hour": 3600, "day": 86400}


def throttle(*, scope: str, who: str, rate: str) -> None:
    """Count one request of ``who``; raises TooManyRequests above ``rate`` such as ``30/hour``.

    Fixed windows: a burst across a boundary can reach twice the rate.
    """
    most, period = rate_read(rate)
    if most == 0:
        return
    window = int(time.time() // period)
    key = f"throttle:{scope}:{_digest(who)}:{window}"
    cache.add(key, 0, timeout=period * 2)
    try:
        count = cache.incr(key)
    except ValueError:
        return
    if count > most:
        wait = math.ceil((window + 1) * period - time.time())
        raise TooManyRequests(
            f"That is more than {most} per {_word(period)}. Try again in {wait} seconds.",
            wait_seconds=wait,
        )


def rate_read(rate: str) -> tuple[int, int]:
    """``30/hour`` as (30, 3600); 0 means unlimited."""
    most, _, period = rate.partition("/")
    return int(most), PERIODS[period or "hour"]


def source_of(request: HttpRequest) -> str:
    """The caller's address as this installation sees it; a proxy must set REMOTE_ADDR."""
    return str(request.META.get("REMOTE_ADDR", ""))


def _word(period: int) -> str:
    return next(word for word, seconds in PERIODS.items() if seconds == period)


def _digest(who: str) -> str:
    key = settings.SECRET_KEY.encode()
    return hmac.new(key, who.encode(), hashlib.sha256).hexdigest()[:32]
