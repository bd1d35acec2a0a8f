"""What people typed, as it is stored."""

from __future__ import annotations


def plain(text: str) -> str:
    """Without the white space around it, and without null characters, which no column can hold."""
    return text.replace("\x00", "").strip()
