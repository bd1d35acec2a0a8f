"""What stands beside a picture, in words.

A picture is made once and read in many languages, so no word is drawn into one, only numbers,
units and letters; what they mean is said in the caption.
"""

from __future__ import annotations

from collections.abc import Sequence

from detectors.api import Curve, Track

MOST_MARKS = 6


def shades(*, low: str, high: str, unknown: str) -> str:
    """What the shades of a map stand for."""
    return f"Pale: {low}. Dark: {high}. Hatched: {unknown}."


def curves(drawn: Sequence[Curve]) -> str:
    """What each curve is, by its letter where there are several."""
    if len(drawn) == 1:
        return f"Curve: {_words(drawn[0])}."
    return " ".join(f"Curve {letter(at)}: {_words(one)}." for at, one in enumerate(drawn))


def letter(at: int) -> str:
    """What a curve is called in a picture of several, counted from 0."""
    return chr(ord("A") + at)


def marks(tracks: Sequence[Track]) -> str:
    """What each number in the picture marks; nothing without marks."""
    said = [f"Mark {at}: {track.label}." for at, track in enumerate(tracks[:MOST_MARKS], start=1)]
    if len(tracks) > MOST_MARKS:
        said.append(f"And {len(tracks) - MOST_MARKS} more.")
    return " ".join(said)


def joined(*parts: str) -> str:
    """The parts of a caption that say something."""
    return " ".join(part for part in parts if part)


def _words(one: Curve) -> str:
    label = f"{one.label} ({one.unit})" if one.unit else one.label
    return f"{label}; dashed: {one.level_label}" if one.level_label else label
