"""The words of a timeline for its reader: in another language where they have some in it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from html import escape

Tell = Callable[[str], str | None]


@dataclass(frozen=True)
class Words:
    """``tell`` gives a sentence in the reader's language, or None; without it all is English."""

    tell: Tell | None = None

    def plain(self, text: str) -> str:
        """For attributes and titles, which can name no language of their own."""
        return (self.tell(text) if self.tell else None) or text

    def html(self, text: str) -> str:
        """Escaped; what stays English on a page of another language is marked as such."""
        if self.tell is None:
            return escape(text)
        told = self.tell(text)
        return f'<span lang="en">{escape(text)}</span>' if told is None else escape(told)


ENGLISH = Words()
