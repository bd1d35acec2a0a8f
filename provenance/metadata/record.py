"""What reading metadata hands out."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

VERSION = "2"


@dataclass(frozen=True, kw_only=True)
class MetadataRecord:
    """What the metadata of one file say; all strings are neutralised, none is escaped for HTML.

    Metadata are unsigned: anybody can write, change or remove them.

    - ``digital_source_type``: the last part of the IPTC term, such as trainedAlgorithmicMedia.
    - ``ai_use``: generated, edited, none_declared (metadata are there and say nothing of AI) or
      unknown (no metadata that could say it).
    - ``generator``: name, parameters (short texts), source (where it stands); None if none is
      named.
    - ``camera``: make, model, lens, taken; None without make and model.
    - ``software``: the program that wrote the file last; ``edited_with``: programs of its history.
    - ``edit_software``: the editing programs among all of these, by name; ``camera_checks``: what
      of the camera was held against what (see ``camera``), empty without a camera.
    - ``container_brand``: what an MP4 or QuickTime file calls itself.
    - ``encoder``: as the container names it; ``encoder_traces``: marks of encoders in the bytes.
    - ``location_present``: whether coordinates are in the file; they are never handed out.
    - ``personal_present``: names of fields that hold names or serial numbers; never their content.
    - ``thumbnail``: present, matches, difference (0 the same, 1 nothing in common) of the EXIF
      thumbnail; None when there is none.
    - ``fields``: name, value, source of what else is worth showing.
    - ``contradictions``: sentences about what does not fit together.
    - ``not_read``: sentences about parts that could not be read.
    """

    sha256: str
    bytes: int
    media_type: str | None
    digital_source_type: str | None
    ai_use: str
    generator: dict[str, Any] | None
    camera: dict[str, str | None] | None
    software: str | None
    edited_with: list[str]
    edit_software: list[str]
    camera_checks: list[dict[str, Any]]
    container_brand: str | None
    encoder: str | None
    encoder_traces: list[str]
    location_present: bool
    personal_present: list[str]
    thumbnail: dict[str, Any] | None
    fields: list[dict[str, str]]
    contradictions: list[str]
    not_read: list[str]
    sentence: str
    details: list[str]
    version: str
    duration_ms: float

    def to_dict(self) -> dict[str, Any]:
        """All members, ready for JSON."""
        return {field.name: getattr(self, field.name) for field in fields(self)}

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> MetadataRecord:
        """The record from ``to_dict``."""
        return cls(**{field.name: data[field.name] for field in fields(cls)})
