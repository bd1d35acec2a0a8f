"""What detectors and provenance checks say, in the reader's language where it was translated.

A finding is kept in English, and that is what a bundle holds: a translation is a help to whoever
reads the page. What cannot be told whole is shown as it was written, and marked as English.
"""

from __future__ import annotations

from django.conf import settings
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from probity.analysis import telling

from .said import said_whole


def told(text: object) -> str:
    """The words in the reader's language; as they were written where they have none in it."""
    words = "" if text is None else str(text)
    return translated(words) or words


def marked(text: object) -> SafeString:
    """As ``told``, for HTML: what stays English on a page of another language says so."""
    words = "" if text is None else str(text)
    if not words or _reader() == settings.LANGUAGE_CODE:
        return SafeString(conditional_escape(words))
    found = translated(words)
    if found is None:
        return format_html('<span lang="{}">{}</span>', settings.LANGUAGE_CODE, words)
    return SafeString(conditional_escape(found))


def translated(text: str) -> str | None:
    """The words in the reader's language; None where there are none, or none are needed."""
    reader = _reader()
    if not text or reader == settings.LANGUAGE_CODE:
        return None
    # what a room itself found, such as a match or an absence, is in the pages' own catalogue
    return telling.told(text, reader) or said_whole(text)


def foreign() -> bool:
    """Whether the reader's language is another than the one findings are written in."""
    return _reader() != settings.LANGUAGE_CODE


def _reader() -> str:
    return (get_language() or settings.LANGUAGE_CODE).partition("-")[0]
