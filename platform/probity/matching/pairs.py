"""Laying a copy over what it is a copy of, in the child."""

from __future__ import annotations

from pathlib import Path

from foundation import fingerprint

from .models import Match


def pair_make(match: Match, *, path: Path, known: Path) -> fingerprint.Pair:
    """Both files as pictures of one size, the copy turned and fitted; raises the media refusals."""
    return fingerprint.aligned(
        path, known, turn=match.turn, at=_at(match.asset.kind, match.at),
        other_at=_at(match.known.kind if match.known else _kind(match), match.known_at),
    )  # fmt: skip


def _kind(match: Match) -> str:
    asset = match.entry.asset if match.entry else None
    return asset.kind if asset else ""


def _at(kind: str, at: float | None) -> float | None:
    """A picture has no moment; a film that was found by a picture of it has one."""
    return (at or 0.0) if kind == "video" else at
