"""Watermarks, and what credentials, metadata and watermarks say against one another."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from provenance import contradictions, watermark
from provenance.watermark import registry

from .models import FindingKind
from .statements import Statement
from .watermark_key import mark_keys

MARKS = "provenance.watermarks"
CONTRADICTIONS = "provenance.contradictions"
NONE_FITS = "No watermark that is known here fits this kind of file."
NONE_FOUND = (
    "No known watermark was found. That means nothing: most files have none, and copying often "
    "removes them."
)
NOTHING_AGAINST = "Credentials, metadata and watermarks do not contradict one another."


def marks_state(path: Path, *, sha256: str) -> Statement:
    """What every installed watermark scheme saw, with the institution's own key where it has one.

    Raises the refusals of ``provenance.watermark.detect``.
    """
    started = time.perf_counter()
    found = [
        {**one.to_dict(), "title": _title(one.scheme)}
        for one in watermark.detect(path, keys=mark_keys())
    ]
    said = [str(one["sentence"]) for one in found if one["status"] == "found"]
    nothing = NONE_FOUND if found else NONE_FITS
    return Statement(
        kind=FindingKind.PROVENANCE,
        producer=MARKS,
        title="Watermarks",
        version="1",
        status="ok" if found else "abstained",
        sentence=" ".join(said) or nothing,
        details={"watermarks": found},
        input_sha256=sha256,
        duration_ms=_since(started),
    )


def contradictions_state(
    credentials: Mapping[str, Any] | None,
    metadata: Mapping[str, Any] | None,
    marks: Sequence[Mapping[str, Any]],
    *,
    sha256: str,
) -> Statement:
    """What does not fit together; says so plainly when everything does."""
    started = time.perf_counter()
    found = [one.to_dict() for one in contradictions.find(credentials, metadata, marks)]
    return Statement(
        kind=FindingKind.PROVENANCE,
        producer=CONTRADICTIONS,
        title="Contradictions",
        version="1",
        status="ok",
        sentence=" ".join(one["sentence"] for one in found) or NOTHING_AGAINST,
        details={"contradictions": found},
        input_sha256=sha256,
        duration_ms=_since(started),
    )


def _title(scheme: str) -> str:
    card = registry.find(scheme).card
    return card.title if card else scheme


def _since(started: float) -> float:
    return round((time.perf_counter() - started) * 1000, 1)
