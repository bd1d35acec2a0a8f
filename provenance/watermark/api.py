"""The words of watermarks: scheme, sample, detection, marked. Imports no decoder.

A *scheme* is one way to hide bits in media. Public schemes need no key to be read; keyed ones see
nothing without it. A scheme works on what the child decoded; it opens no file by itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field, fields
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, Self, runtime_checkable

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from foundation.media.kinds import Probe

    Pixels = npt.NDArray[np.uint8]
    Samples = npt.NDArray[np.float32]

INTERFACE = (1, 0)
"""The version of this interface that a card's ``interface`` range has to hold."""

KEY_BYTES = 32
WORK_ID_BYTES = 8


class Status(StrEnum):
    """What came of looking for a mark."""

    FOUND = "found"
    ABSENT = "absent"
    """Not found. For a public mark this says nothing about how the media was made."""
    UNREADABLE = "unreadable"
    """The media, or the scheme on it, failed."""
    UNSUPPORTED = "unsupported"
    """The scheme cannot look at this here: the kind of media, a missing key, library or weight."""


@dataclass(frozen=True, kw_only=True)
class TamperMap:
    """Where a sealed picture was altered.

    ``values`` are rows of blocks, 0 (altered) to 1 (intact), None where a block is too flat or too
    dark to judge; ``block`` is the side of a block in pixels of the picture as shown;
    ``intact_share`` is the share of judged blocks that are intact; ``altered`` are boxes
    (left, top, width, height) in pixels of the picture as shown.
    """

    rows: int
    columns: int
    block: float
    values: tuple[tuple[float | None, ...], ...]
    intact_share: float
    altered: tuple[tuple[int, int, int, int], ...] = ()

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """The inverse of ``dataclasses.asdict`` after a way through msgpack or JSON."""
        values = tuple(tuple(row) for row in data["values"])
        boxes = tuple((int(x), int(y), int(w), int(h)) for x, y, w, h in data["altered"])
        return cls(**{**data, "values": values, "altered": boxes})


@dataclass(frozen=True, kw_only=True)
class Detection:
    """What one scheme saw.

    - ``payload``: the bytes that were read, when found; ``text`` the same for people.
    - ``agreement``: share of ``bits`` that agree with the nearest valid payload, 0..1.
    - ``false_alarm``: an upper bound of the chance that media without the mark agrees as much,
      every try counted (sizes, places, payloads, keys).
    - ``details``: JSON-plain. ``generator`` names the generator that a public payload stands for;
      ``altered`` lists the altered places of a seal ([] when intact); ``key`` names the key.
    - ``tamper_map``: of a seal in a picture.
    """

    scheme: str
    status: Status
    sentence: str
    payload: bytes | None = None
    text: str | None = None
    agreement: float = 0.0
    bits: int = 0
    false_alarm: float = 1.0
    tamper_map: TamperMap | None = None
    details: dict[str, Any] = field(default_factory=dict)

    @property
    def found(self) -> bool:
        """Whether the mark is there."""
        return self.status is Status.FOUND

    def to_dict(self) -> dict[str, Any]:
        """JSON-plain; ``payload`` in hexadecimal."""
        return {
            **self.to_plain(),
            "payload": self.payload.hex() if self.payload is not None else None,
        }

    def to_plain(self) -> dict[str, Any]:
        """The form that crosses the process boundary: like ``to_dict`` with bytes left as such."""
        shallow = {item.name: getattr(self, item.name) for item in fields(self)}
        plain_map = asdict(self.tamper_map) if self.tamper_map else None
        return {**shallow, "status": str(self.status), "tamper_map": plain_map}

    @classmethod
    def from_plain(cls, data: Mapping[str, Any]) -> Self:
        """The inverse of ``to_plain``. Raises TypeError on unknown keys, ValueError on a status
        that does not exist."""
        found = data.get("tamper_map")
        return cls(
            **{
                **data,
                "status": Status(data["status"]),
                "tamper_map": TamperMap.from_dict(found) if found else None,
            }
        )


class Sample(Protocol):
    """Media as a scheme sees it, decoded when asked, inside the child.

    ``path`` is for schemes that stream (video); it is opened with ``foundation.media`` only.
    """

    path: Path
    probe: Probe

    def pixels(self) -> Pixels:
        """Height x width x 3, uint8, red-green-blue, turned as the file asks."""
        ...

    def sound(self, rate: int, *, start: float = 0.0, end: float | None = None) -> Samples:
        """Mono float32 in [-1, 1] at ``rate`` Hz between two times in seconds."""
        ...

    def channels(self) -> Iterator[tuple[int, Samples]]:
        """The file's own rate in Hz with channels x samples, float32 in [-1, 1], in pieces of some
        seconds: hours of sound never lie in memory at once."""
        ...

    def frames(self) -> Iterator[tuple[float, Pixels]]:
        """Seconds and picture of every frame, in the order shown."""
        ...

    def resource(self, resource_id: str) -> Path:
        """The verified file of a resource that the scheme's card names."""
        ...


@dataclass(frozen=True, kw_only=True)
class Marked:
    """Media with the mark inside: exactly one of the three.

    ``pixels`` height x width x 3; ``sound`` pieces like those of ``Sample.channels``, written down
    one by one; ``file`` something the scheme wrote itself into the child's temporary folder.
    ``details`` is JSON-plain (PSNR and the like).
    """

    pixels: Pixels | None = None
    sound: Iterator[tuple[int, Samples]] | None = None
    file: Path | None = None
    details: dict[str, Any] = field(default_factory=dict)
    """May be filled while ``sound`` is walked; it is read at the end."""


@runtime_checkable
class Scheme(Protocol):
    """One way of marking. Made without arguments; stateless; the card says the rest."""

    def detect(self, sample: Sample, *, key: bytes | None) -> Detection:
        """Look for the mark. Raises refusals of ``foundation``; ``key`` is None when public."""
        ...

    def embed(self, sample: Sample, *, payload: bytes, key: bytes | None) -> Marked:
        """Put the mark in. Raises WatermarkRefused where the media cannot hold it."""
        ...


@dataclass(frozen=True, kw_only=True)
class MarkedFile:
    """A file that was written, and what our own detector read from it before it was kept."""

    path: Path
    sha256: str
    size: int
    scheme: str
    payload: bytes
    detection: Detection
    sentence: str
    details: dict[str, Any] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """JSON-plain."""
        return {
            "path": str(self.path),
            "sha256": self.sha256,
            "bytes": self.size,
            "scheme": self.scheme,
            "payload": self.payload.hex(),
            "detection": self.detection.to_dict(),
            "sentence": self.sentence,
            "details": self.details,
        }
