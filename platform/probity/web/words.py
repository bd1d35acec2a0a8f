"""Moments, lengths and sizes in words that a tired person reads at once."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from functools import lru_cache

from django.utils.formats import date_format, number_format
from django.utils.translation import get_language, gettext, ngettext, pgettext

MINUTE, HOUR, DAY = 60, 3600, 86400
STEP = 1024


def absolute(at: datetime) -> str:
    """``12 Nov 2026, 14:05 UTC``."""
    return _absolute(at.astimezone(UTC).replace(second=0, microsecond=0), get_language())


@lru_cache(maxsize=4096)
def _absolute(at: datetime, language: str | None) -> str:
    # the same moments stand on the lists again and again; the language is there to be told apart
    del language
    return f"{date_format(at, pgettext('form of a moment', 'j M Y, H:i'))} UTC"


def span(length: timedelta) -> str:
    """A length in its two largest units: ``2 d 4 h``, ``3 h 12 min``, ``5 min``, ``40 s``."""
    seconds = abs(int(length.total_seconds()))
    if seconds < MINUTE:
        return f"{seconds} s"
    if seconds < HOUR:
        return f"{seconds // MINUTE} min"
    if seconds < 3 * DAY:
        return f"{seconds // HOUR} h {seconds % HOUR // MINUTE} min"
    return gettext("{days} d {hours} h").format(days=seconds // DAY, hours=seconds % DAY // HOUR)


def relative(at: datetime, now: datetime) -> str:
    """``in 3 h 12 min``, ``5 min ago``, ``just now``."""
    length = at - now
    if abs(length.total_seconds()) < MINUTE:
        past = length.total_seconds() <= 0
        return gettext("just now") if past else gettext("in less than a minute")
    form = gettext("in {span}") if length.total_seconds() > 0 else gettext("{span} ago")
    return form.format(span=span(length))


def size(count: int) -> str:
    """Bytes for a person, in steps of 1024 as the upload limit counts: ``340 kB``, ``1.4 MB``."""
    if count < STEP:
        return gettext("{count} bytes").format(count=count)
    amount = float(count)
    for unit in ("kB", "MB"):
        amount /= STEP
        if amount < STEP:
            return f"{number(amount, digits=0 if amount >= 10 else 1)} {unit}"
    return f"{number(amount / STEP, digits=1)} GB"


def number(value: float, *, digits: int = 0) -> str:
    """A number as the language writes it: ``12,500`` and ``1.4`` in English."""
    return number_format(value, digits, use_l10n=True, force_grouping=True)


def duration(seconds: float) -> str:
    """``4.2 s``, ``1:07 min``."""
    if seconds < MINUTE:
        return f"{number(seconds, digits=1)} s"
    return f"{int(seconds // MINUTE)}:{int(seconds % MINUTE):02d} min"


def joined(items: list[str]) -> str:
    """``a``, ``a and b``, ``a, b and c``."""
    words = [str(item) for item in items]
    if len(words) < 2:
        return "".join(words)
    return gettext("{several} and {last}").format(several=", ".join(words[:-1]), last=words[-1])


def plural(count: int, one: str, many: str) -> str:
    """``1 case``, ``12 cases``: ``one`` and ``many`` are the words of one message."""
    return f"{number(count)} {ngettext(one, many, count)}"


def sentence_case(text: str) -> str:
    """The first letter large."""
    return text[:1].upper() + text[1:]


ISO_PART = re.compile(r"(\d+)([YMWDHS])")


def iso_duration(text: str) -> str:
    """An ISO 8601 duration in words: ``PT48H`` is 48 hours, ``P6M`` 6 months."""
    date, _, time = text.removeprefix("P").partition("T")
    parts = [_iso_part(int(amount), unit) for amount, unit in ISO_PART.findall(date)]
    parts += [_iso_part(int(amount), f"T{unit}") for amount, unit in ISO_PART.findall(time)]
    return joined(parts) or text


def _iso_part(amount: int, unit: str) -> str:
    forms = {
        "Y": plural(amount, "year", "years"),
        "M": plural(amount, "month", "months"),
        "W": plural(amount, "week", "weeks"),
        "D": plural(amount, "day", "days"),
        "TH": plural(amount, "hour", "hours"),
        "TM": plural(amount, "minute", "minutes"),
        "TS": plural(amount, "second", "seconds"),
    }
    return forms.get(unit, f"{amount}{unit}")
