"""Hostile media: what a file is, how much it may ask for, and previews that are safe to show.

The parent side is here and imports no decoder; ``probe``, ``decode`` and ``render`` run in the
child only.
"""

from __future__ import annotations

from foundation.media.door import inspect, previews
from foundation.media.errors import (
    DecodesTooLarge,
    EmptyFile,
    MediaRefusal,
    PlaylistRefused,
    TooLarge,
    TooLong,
    TooManyPixels,
    UnreadableMedia,
    UnsupportedMedia,
)
from foundation.media.kinds import Kind, MediaLimits, Part, Preview, Probe

__all__ = [
    "DecodesTooLarge",
    "EmptyFile",
    "Kind",
    "MediaLimits",
    "MediaRefusal",
    "Part",
    "PlaylistRefused",
    "Preview",
    "Probe",
    "TooLarge",
    "TooLong",
    "TooManyPixels",
    "UnreadableMedia",
    "UnsupportedMedia",
    "inspect",
    "previews",
]
