"""What a detector is given, what it gives back, and what can go wrong.

A detector is a class without constructor arguments and with one method, ``detect``. It sees the
file only through a :class:`Sample`, reads no settings, and either returns an :class:`Outcome` or
raises :class:`Abstain` with a reason. Its card (see :mod:`detectors.card`) declares everything
else. Units everywhere: pixels of the upright picture, seconds from the start of the file.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

from detectors.assessment import Assessment
from foundation.errors import Refusal

if TYPE_CHECKING:
    from detectors.deferring import Deferred
    from detectors.faces import Faces
    from detectors.media import Audio, AudioBlock, Frames, JpegLuma, PacketList, Pixels
    from foundation.media import Probe

INTERFACE = (1, 0)
"""Version of this module's contract; a card declares the range it was written for."""

Value = bool | int | float | str
"""A parameter's value: what YAML and JSON both keep exactly."""


class Status(StrEnum):
    """How a detector's work on one file ended."""

    OK = "ok"
    ABSTAINED = "abstained"
    FAILED = "failed"


class Cause(StrEnum):
    """Whose fault a failed finding is: the file's or the detector's, and in which way."""

    DECODING = "decoding"
    """What the detector needs could not be decoded from the file."""
    ERROR = "error"
    """The detector raised, or broke a promise of its card."""
    MEMORY = "memory"
    TIME = "time"
    CRASH = "crash"
    """The detector ended its process."""
    PLUGIN = "plugin"
    """The detector is installed but cannot be used."""
    START = "start"
    """The confined process could not be started."""


class Direction(StrEnum):
    """What a high score means."""

    HIGHER_IS_MORE_SUSPICIOUS = "higher_is_more_suspicious"
    LOWER_IS_MORE_SUSPICIOUS = "lower_is_more_suspicious"


class DetectorError(Refusal):
    """Root of this engine's refusals."""

    code = "detector-error"


class CardInvalid(DetectorError):
    """A card breaks the rules of :mod:`detectors.card`; the sentence names file and key."""

    code = "detector-card-invalid"


class DetectorBroken(DetectorError):
    """A plugin is installed but cannot be used."""

    code = "detector-broken"


class DetectorUnknown(DetectorError):
    """Nobody offers a detector of this name."""

    code = "detector-unknown"
    status = 404


class NeedUndeclared(DetectorError):
    """A detector asked its sample for something that its card does not declare."""

    code = "detector-need-undeclared"


class DecodingFailed(DetectorError):
    """The file could be opened, but what the detector needs could not be decoded from it."""

    code = "detector-decoding-failed"


class Abstain(Exception):
    """Raised by a detector that has nothing honest to say about this file."""

    def __init__(
        self,
        sentence: str,
        *,
        details: Mapping[str, Any] | None = None,
        pictures: tuple[Picture, ...] = (),
    ) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.details = dict(details or {})
        self.pictures = pictures


@dataclass(frozen=True, kw_only=True)
class Region:
    """A rectangle of the upright picture, in pixels; strength in [0, 1] orders regions."""

    x: int
    y: int
    width: int
    height: int
    label: str
    strength: float


@dataclass(frozen=True, kw_only=True)
class Track:
    """A stretch of time, in seconds; strength in [0, 1] orders tracks."""

    start: float
    end: float
    label: str
    strength: float


@dataclass(frozen=True, kw_only=True)
class Curve:
    """What a picture draws, as numbers (see :mod:`detectors.curves`, which makes them).

    ``times`` and ``values`` are equally long; None among the values breaks the line. ``low`` and
    ``high`` are the ends of the scale, ``level`` a value worth comparing with. ``axis`` says what
    the times are: "time" in seconds from the file's start, or "delay" in seconds.
    """

    label: str
    unit: str
    times: tuple[float, ...]
    values: tuple[float | None, ...]
    low: float
    high: float
    level: float | None = None
    level_label: str = ""
    axis: str = "time"


@dataclass(frozen=True, kw_only=True)
class Picture:
    """A picture of the result, with what it draws as numbers where it draws curves.

    It never shows the media itself recognisably.
    """

    name: str
    media_type: str
    data: bytes
    caption: str
    curves: tuple[Curve, ...] = ()

    def summary(self) -> dict[str, Any]:
        """Everything but the bytes, which are named by their SHA-256."""
        return {
            "name": self.name,
            "media_type": self.media_type,
            "caption": self.caption,
            "bytes": len(self.data),
            "sha256": hashlib.sha256(self.data).hexdigest(),
            "curves": [asdict(curve) for curve in self.curves],
        }

    def to_dict(self) -> dict[str, Any]:
        """For the way between processes; the curves' numbers are not copied, as they are fixed."""
        return {**vars(self), "curves": [dict(vars(curve)) for curve in self.curves]}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Picture:
        """The inverse of ``asdict``, also after a way that turns tuples into lists."""
        curves = tuple(
            Curve(**{**curve, "times": tuple(curve["times"]), "values": tuple(curve["values"])})
            for curve in data.get("curves", ())
        )
        return cls(**{**data, "curves": curves})


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What a detector returns when it could measure.

    ``sentence`` is for a reviewer: what was seen, and what else can cause it. ``llr`` is the
    natural-log likelihood ratio (positive speaks for manipulation) and stays None until calibrated.
    """

    sentence: str
    score: float | None = None
    llr: float | None = None
    error_rates: Mapping[str, Any] | None = None
    regions: tuple[Region, ...] = ()
    tracks: tuple[Track, ...] = ()
    pictures: tuple[Picture, ...] = ()
    details: Mapping[str, Any] = field(default_factory=dict)


class Sample(Protocol):
    """One opened file. Every method gives only what the detector's card declares under needs.

    Each raises :class:`NeedUndeclared` for anything else, :class:`DecodingFailed` when the file
    does not give it, and :class:`Abstain` when the file is beyond the memory limits.
    """

    @property
    def probe(self) -> Probe:
        """What the file says about itself."""

    def raw(self) -> bytes:
        """The file's bytes (need ``raw``)."""

    def pixels(self) -> Pixels:
        """The upright picture, HxWx3 uint8 sRGB (need ``pixels``)."""

    def jpeg_luma(self) -> JpegLuma:
        """The luma plane exactly as coded, with its quantisation tables (need ``jpeg_luma``)."""

    def frames(self) -> Frames:
        """Scaled video frames with their times (need ``frames``)."""

    def packets(self) -> PacketList:
        """The coded packets of the first video stream, nothing decoded (need ``packets``)."""

    def audio(self) -> Audio:
        """Mono samples in [-1, 1] at the declared rate, in one array (need ``audio``)."""

    def audio_blocks(self) -> Iterator[AudioBlock]:
        """The same sound in blocks of ten seconds, for recordings of any length (need ``audio``).

        Each call starts at the beginning; memory stays flat, and nothing is decoded twice.
        """

    def faces(self) -> Faces:
        """The faces of a video, followed through it (need ``faces`` or ``landmarks``).

        With ``landmarks`` every track has points, blendshapes and crops; with ``faces`` alone only
        boxes are certain.
        """

    def resource(self, resource_id: str) -> Path:
        """A verified file of the catalogue (need ``resources``)."""

    def model(self, model_id: str) -> Path:
        """A network of the catalogue as ONNX with a free batch axis (need ``models``)."""


@runtime_checkable
class Detector(Protocol):
    """The whole interface of a plugin."""

    def detect(self, sample: Sample, parameters: Mapping[str, Value], /) -> Outcome:
        """Measure ``sample`` with exactly the card's ``parameters``; same input, same output."""


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One immutable statement by one detector about one file, with all it takes to repeat it.

    ``sentence`` says what was seen, or the reason why nothing was; ``cause`` is set exactly when
    the status is failed.
    """

    detector: str
    version: str
    status: Status
    sentence: str
    cause: Cause | None = None
    score: float | None = None
    score_range: tuple[float, float] | None = None
    direction: Direction | None = None
    llr: float | None = None
    error_rates: dict[str, Any] | None = None
    regions: tuple[Region, ...] = ()
    tracks: tuple[Track, ...] = ()
    details: dict[str, Any] = field(default_factory=dict)
    pictures: tuple[Picture, ...] = ()
    resources: dict[str, str] = field(default_factory=dict)
    parameters: dict[str, Value] = field(default_factory=dict)
    runtime: dict[str, str] = field(default_factory=dict)
    device: str = "cpu"
    input_sha256: str = ""
    duration_ms: int = 0

    def to_dict(self) -> dict[str, Any]:
        """For the way between processes: picture bytes included, not JSON."""
        data = asdict(replace(self, regions=(), tracks=(), pictures=()))
        data["regions"] = [asdict(region) for region in self.regions]
        data["tracks"] = [asdict(track) for track in self.tracks]
        data["pictures"] = [picture.to_dict() for picture in self.pictures]
        data["status"] = self.status.value
        data["cause"] = self.cause.value if self.cause else None
        data["direction"] = self.direction.value if self.direction else None
        data["score_range"] = list(self.score_range) if self.score_range else None
        return data

    def to_json(self) -> dict[str, Any]:
        """For reports: JSON-able, each picture named by its SHA-256 in place of its bytes, the
        sentence also as ``reason``."""
        data = replace(self, pictures=()).to_dict()
        data["reason"] = self.sentence
        data["pictures"] = [picture.summary() for picture in self.pictures]
        return data

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Finding:
        """The inverse of :meth:`to_dict`."""
        values = dict(data)
        values["status"] = Status(values["status"])
        values["cause"] = Cause(values["cause"]) if values["cause"] else None
        values["direction"] = Direction(values["direction"]) if values["direction"] else None
        values["score_range"] = tuple(values["score_range"]) if values["score_range"] else None
        values["regions"] = tuple(Region(**region) for region in values["regions"])
        values["tracks"] = tuple(Track(**track) for track in values["tracks"])
        values["pictures"] = tuple(map(Picture.from_dict, values["pictures"]))
        return cls(**values)


@dataclass(frozen=True, kw_only=True)
class Report:
    """Everything the detectors said about one file.

    ``faces`` says where faces were seen over time (see :mod:`detectors.faces.where`); None when no
    detector looked for them. ``deferred`` detectors wait for their networks, whose ``tensors`` lie
    here by SHA-256; without them the assessment is not the last word.
    """

    findings: tuple[Finding, ...]
    assessment: Assessment
    input_sha256: str
    faces: dict[str, Any] | None = None
    deferred: tuple[Deferred, ...] = ()
    tensors: Mapping[str, bytes] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """JSON-able form, without picture bytes."""
        return {
            "sha256": self.input_sha256,
            "findings": [finding.to_json() for finding in self.findings],
            "assessment": self.assessment.to_dict(),
        }
