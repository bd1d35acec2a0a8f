"""One walk over a file's bytes: its digest, its size and its kind."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from provenance.kinds import media_type

_PIECE = 1 << 20


@dataclass(frozen=True, kw_only=True)
class Scan:
    """``kind`` is the media type by the bytes; None when it is not known."""

    sha256: str
    bytes: int
    kind: str | None


def scan(path: Path) -> Scan:
    """Read the whole file once. Raises OSError."""
    digest, size = hashlib.sha256(), 0
    with path.open("rb", buffering=0) as stream:
        kind = media_type(stream)
        stream.seek(0)
        while piece := stream.read(_PIECE):
            digest.update(piece)
            size += len(piece)
    return Scan(sha256=digest.hexdigest(), bytes=size, kind=kind)


def kind_of(path: Path) -> str | None:
    """The media type by the bytes. Raises OSError."""
    with path.open("rb") as stream:
        return media_type(stream)
