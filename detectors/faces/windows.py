"""Which stretches of a video are looked at, and how many frames of a second."""

from __future__ import annotations

from dataclasses import dataclass

from detectors.faces.tracks import Window

SHORT = 60.0
"""Up to so many seconds every frame is looked at, at most ``NATIVE`` a second."""

NATIVE = 30.0
LEAST = 12.5
"""Below this rate blinks are missed."""

WINDOW = 60.0
MOST_WINDOWS = 6


FILM = 3600.0
"""Seconds from which on reading all of the sound takes longer than the pictures' first minutes, so
that those are looked at first, before any face."""


def is_film(seconds: float | None) -> bool:
    """Whether a file of ``seconds`` (None = unknown) is so long that pictures come first."""
    return seconds is not None and seconds >= FILM


@dataclass(frozen=True, kw_only=True)
class Plan:
    """``rate`` frames a second, None = all; ``whole`` when the windows cover everything."""

    windows: tuple[Window, ...]
    rate: float | None
    whole: bool


def plan(*, seconds: float | None, fps: float | None) -> Plan:
    """Windows for a file of ``seconds`` at ``fps`` (None = unknown).

    Longer files are looked at in six windows of a minute, spread evenly from first to last.
    """
    if seconds is None or seconds <= SHORT:
        end = seconds if seconds is not None else SHORT
        rate = NATIVE if fps is None or fps > NATIVE + 0.5 else None
        return Plan(windows=(Window(start=0.0, end=end),), rate=rate, whole=seconds is not None)
    rate = _thinned(fps)
    if seconds <= MOST_WINDOWS * WINDOW:
        return Plan(windows=_pieces(seconds), rate=rate, whole=True)
    apart = (seconds - WINDOW) / (MOST_WINDOWS - 1)
    starts = [apart * number for number in range(MOST_WINDOWS)]
    windows = tuple(Window(start=start, end=start + WINDOW) for start in starts)
    return Plan(windows=windows, rate=rate, whole=False)


def _thinned(fps: float | None) -> float | None:
    """A whole share of the file's own rate that is still fast enough; uneven steps would beat."""
    if fps is None:
        return LEAST
    share = int(fps / LEAST + 1e-6)
    return None if share <= 1 else fps / share


def _pieces(seconds: float) -> tuple[Window, ...]:
    starts = [WINDOW * number for number in range(MOST_WINDOWS) if WINDOW * number < seconds]
    return tuple(Window(start=start, end=min(start + WINDOW, seconds)) for start in starts)
