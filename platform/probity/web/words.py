"""Moments, lengths and sizes in words that a tired person reads at once."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

MINUTE, HOUR, DAY = 60, 3600, 86400
STEP = 1024


def absolute(at: datetime) -> str:
    """``12 Nov 2026, 14:05 UTC``."""
    at = at.astimezone(UTC)
    return f"{at.day} {at:%b %Y, %H:%M} UTC"


def span(length: timedelta) -> str:
    """A length in its two largest units: ``2 d 4 h``, ``3 h 12 min``, ``5 min``, ``40 s``."""
    seconds = abs(int(length.total_seconds()))
    if seconds < MINUTE:
        return f"{seconds} s"
    if seconds < HOUR:
        return f"{seconds // MINUTE} min"
    if seconds < 3 * DAY:
        return f"{seconds // HOUR} h {seconds % HOUR // MINUTE} min"
    return f"{seconds // DAY} d {seconds % DAY // HOUR} h"


def relative(at: datetime, now: datetime) -> str:
    """``in 3 h 12 min``, ``5 min ago``, ``just now``."""
    length = at - now
    if abs(length.total_seconds()) < MINUTE:
        return "just now" if length.total_seconds() <= 0 else "in less than a minute"
    return f"in {span(length)}" if length.total_seconds() > 0 else f"{span(length)} ago"


def size(count: int) -> str:
    """Bytes for a person, in steps of 1024 as the upload limit counts: ``340 kB``, ``1.4 MB``."""
    if count < STEP:
        return f"{count} bytes"
    amount = float(count)
    for unit in ("kB", "MB"):
        amount /= STEP
        if amount < STEP:
            return f"{amount:.0f} {unit}" if amount >= 10 else f"{amount:.1f} {unit}"
    return f"{amount / STEP:.1f} GB"


def duration(seconds: float) -> str:
    """``4.2 s``, ``1:07 min``."""
    if seconds < MINUTE:
        return f"{seconds:.1f} s"
    return f"{int(seconds // MINUTE)}:{int(seconds % MINUTE):02d} min"


def joined(items: list[str]) -> str:
    """``a``, ``a and b``, ``a, b and c``."""
    if len(items) < 2:
        return "".join(items)
    return f"{', '.join(items[:-1])} and {items[-1]}"


def plural(count: int, one: str, many: str) -> str:
    """``1 case``, ``12 cases``."""
    return f"{count:,} {one if count == 1 else many}"


def sentence_case(text: str) -> str:
    """The first letter large."""
    return text[:1].upper() + text[1:]


ISO_PART = re.compile(r"(\d+)([YMWDHS])")
ISO_WORDS = {"Y": "year", "W": "week", "D": "day", "H": "hour", "S": "second"}


def iso_duration(text: str) -> str:
    """An ISO 8601 duration in words: ``PT48H`` is 48 hours, ``P6M`` 6 months."""
    date, _, time = text.removeprefix("P").partition("T")
    parts = []
    for part, month in ((date, "month"), (time, "minute")):
        for amount, unit in ISO_PART.findall(part):
            word = ISO_WORDS.get(unit, month)
            parts.append(f"{amount} {word}{'' if amount == '1' else 's'}")
    return joined(parts) or text
