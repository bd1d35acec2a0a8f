"""The words of this room: kind, probe, limits, preview. Imports no decoder."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from enum import StrEnum
from typing import Any, Self


class Kind(StrEnum):
    """What a file is for the person who looks at it."""

    IMAGE = "image"
    VIDEO = "video"
    AUDIO = "audio"
    DOCUMENT = "document"


@dataclass(frozen=True, kw_only=True)
class Probe:
    """What a file is, by its bytes.

    ``bytes`` is the file size; ``width`` and ``height`` are pixels as shown, after ``rotation``
    (degrees clockwise that the file asks for: 0, 90, 180, 270). ``duration`` is in seconds, as
    measured on what is really in the file. ``frames`` counts pictures, ``fps`` is their mean rate.
    ``format`` is a short stable name (``jpeg``, ``mp4``). ``decodable`` is False for a known
    container whose picture or sound cannot be decoded here; ``note`` then says so, or says what is
    missing from a damaged file.
    """

    kind: Kind
    media_type: str
    format: str
    bytes: int
    width: int | None = None
    height: int | None = None
    duration: float | None = None
    frames: int | None = None
    fps: float | None = None
    codecs: tuple[str, ...] = ()
    sample_rate: int | None = None
    channels: int | None = None
    rotation: int = 0
    animated: bool = False
    decodable: bool = True
    note: str = ""

    def to_dict(self) -> dict[str, Any]:
        """Plain data; ``codecs`` becomes a list."""
        return {**asdict(self), "kind": str(self.kind), "codecs": list(self.codecs)}

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Self:
        """The inverse of ``to_dict``. Raises TypeError on unknown or missing keys."""
        kind, codecs = Kind(data["kind"]), tuple(data.get("codecs", ()))
        return cls(**{**data, "kind": kind, "codecs": codecs})


@dataclass(frozen=True, kw_only=True)
class MediaLimits:
    """How much one file may ask for.

    ``max_pixels`` holds for one still picture, ``max_video_pixels`` for one frame of a video or
    animation; ``max_decoded_bytes`` for all frames of an animation together;
    ``max_video_ratio`` for the decoded size of a video over its file size (checked above
    ``max_decoded_bytes``); ``max_duration`` is in seconds.
    """

    max_bytes: int = 2 * 2**30
    max_pixels: int = 120_000_000
    max_video_pixels: int = 8192 * 4320
    max_decoded_bytes: int = 8 * 2**30
    max_video_ratio: int = 50_000
    max_frames: int = 3_000_000
    max_duration: float = 4 * 3600.0

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Self:
        known = {field.name for field in fields(cls)}
        return cls(**{name: value for name, value in data.items() if name in known})


class Part(StrEnum):
    """Previews that are made at once, and those that take as long as playing a part of the file."""

    PICTURES = "pictures"
    PLAYED = "played"


@dataclass(frozen=True, kw_only=True)
class Preview:
    """Something safe to show: encoded anew in the child, without metadata of the original.

    ``concealed`` previews are grey and heavily blurred, for a first look that does no harm.
    """

    name: str
    media_type: str
    data: bytes
    width: int | None
    height: int | None
    concealed: bool
