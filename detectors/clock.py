"""Moments of a file as a person reads them."""

from __future__ import annotations


def clock(seconds: float) -> str:
    """A moment for a person: "0.5 s", "12 s", "3:05"."""
    if seconds < 60:
        return f"{seconds:g} s"
    return f"{int(seconds // 60)}:{int(seconds % 60):02d}"


def moment_words(seconds: float) -> str:
    """``0:04.32``: minutes, seconds and hundredths, hours where there are any."""
    whole = round(seconds * 100)
    minutes, rest = divmod(whole, 6000)
    hours, minutes = divmod(minutes, 60)
    ahead = f"{hours}:{minutes:02d}" if hours else f"{minutes}"
    return f"{ahead}:{rest // 100:02d}.{rest % 100:02d}"
