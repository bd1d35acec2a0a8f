"""The titles and explanations of rules in other languages than the packs' own."""

from __future__ import annotations

from probity.decisions import law


def ground_in(title: str, explanation: str, language: str) -> tuple[str, str] | None:
    """(title, explanation) in a language; None unless all of it was translated.

    Keyed by the words that the evaluation kept, so that a rule which said something else when the
    decision was taken is never told in the words of its later version.
    """
    said = [law.told(text, language) if text else "" for text in (title, explanation)]
    return None if None in said else (said[0] or "", said[1] or "")
