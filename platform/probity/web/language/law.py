"""What law packs and evaluations say, in the reader's language where it was translated.

Law is read in the words of its pack: a translation is a help, and its original stays at hand.
"""

from __future__ import annotations

from django.conf import settings
from django.utils.translation import get_language

from probity.decisions import law


def told(text: str) -> str:
    """The words in the reader's language; the pack's own where they were not translated."""
    return _translated(text) or text


def language_of(text: str) -> str:
    """The language that ``told`` answers in, for the attribute ``lang``."""
    return _reader() if _translated(text) else settings.LANGUAGE_CODE


def original_of(text: str) -> str:
    """The pack's own words where ``told`` answers with others; else nothing."""
    return text if _translated(text) else ""


def _translated(text: str) -> str | None:
    if not text:
        return None
    return law.told(str(text), _reader())


def _reader() -> str:
    return (get_language() or settings.LANGUAGE_CODE).partition("-")[0]
