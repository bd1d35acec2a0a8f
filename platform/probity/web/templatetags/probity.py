"""Icons, moments and sizes for the templates."""

from __future__ import annotations

import math
from datetime import UTC, datetime
from functools import cache

from django import template
from django.template.loader import get_template
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext

from probity.core.clock import now
from probity.web import words
from probity.web.language import said as translated

register = template.Library()


@cache
def _drawing(name: str) -> SafeString:
    text = get_template(f"web/icons/{name}.svg").render().strip()
    return mark_safe(text)  # noqa: S308 - our own files


@register.simple_tag
def icon(name: str) -> SafeString:
    """One of our drawings, inline, hidden from screen readers: the words beside it speak."""
    return _drawing(name)


@register.simple_tag
def moment(at: datetime | None, form: str = "both") -> SafeString:
    """A moment as ``both``, ``absolute`` or ``relative``; scripts keep the relative part fresh."""
    if at is None:
        return SafeString("")
    iso = at.isoformat(timespec="seconds")
    full, near = words.absolute(at), words.relative(at, now())
    if form == "absolute":
        return format_html('<time datetime="{}">{}</time>', iso, full)
    if form == "relative":
        return format_html(
            '<time datetime="{}" title="{}" data-relative>{}</time>', iso, full, near
        )
    return format_html(
        '<time datetime="{}">{}</time> <span class="quiet nowrap">'
        '(<time datetime="{}" data-relative>{}</time>)</span>',
        iso, full, iso, near,
    )  # fmt: skip


@register.filter
def when(iso: str | None) -> str:
    """A moment written as ISO 8601, in words; what is no moment stays as it is."""
    try:
        at = datetime.fromisoformat(iso or "")
    except ValueError:
        return iso or ""
    return words.absolute(at if at.tzinfo else at.replace(tzinfo=UTC))


@register.filter
def chance(share: float) -> str:
    """A very small share in words that can be read aloud: ``1 in 4 million``."""
    if share <= 0:
        return gettext("1 in {times}").format(times="10^300")
    times = 1 / share
    if times < 1000:
        return gettext("1 in {times}").format(times=words.number(times))
    steps = (
        (1e3, gettext("1 in {times} thousand")),
        (1e6, gettext("1 in {times} million")),
        (1e9, gettext("1 in {times} billion")),
    )
    for size, form in steps:
        if times < size * 1000:
            return form.format(times=words.number(times / size))
    return gettext("1 in {times}").format(times=f"10^{math.floor(math.log10(times))}")


@register.filter
def said(sentence: object) -> str:
    """A sentence or word of a room, in the reader's language where it is known."""
    return "" if sentence is None else translated.said(str(sentence))


@register.filter
def bytesize(count: int) -> str:
    """Bytes for a person."""
    return words.size(count)


@register.filter
def short(digest: str, most: int = 12) -> str:
    """The beginning of a digest."""
    return f"{digest[:most]}…" if len(digest) > most else digest


@register.filter
def lookup(mapping: dict[str, str], key: str) -> str:
    """A dictionary's value, or nothing."""
    return mapping.get(key, "") if mapping else ""
