"""What one engine said, in the form every kind of finding is stored in."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from .models import FindingKind


@dataclass(frozen=True)
class StatedPicture:
    """A picture that shows what was found."""

    name: str
    media_type: str
    data: bytes
    caption: str


@dataclass(frozen=True)
class Statement:
    """One finding before it is written down."""

    kind: FindingKind
    producer: str
    title: str
    version: str
    status: str
    sentence: str
    input_sha256: str
    duration_ms: float
    score: float | None = None
    llr: float | None = None
    details: dict[str, Any] = field(default_factory=dict)
    resources: dict[str, str] = field(default_factory=dict)
    parameters: dict[str, Any] = field(default_factory=dict)
    runtime: str = ""
    device: str = ""
    pictures: tuple[StatedPicture, ...] = ()


@dataclass(frozen=True)
class StatedAssessment:
    """The findings together, before they are written down."""

    status: str
    sentence: str
    llr: float | None
    verbal: str
    in_doubt: str
    parts: list[dict[str, Any]]
    subjects: list[dict[str, Any]]
    indications: list[dict[str, Any]]
