"""What a file is, how much it declares, and whether a first piece of it decodes. Child only."""

from __future__ import annotations

import importlib
import importlib.util
import os
from dataclasses import replace
from pathlib import Path
from typing import Any

from foundation.media import moving, still
from foundation.media.errors import EmptyFile
from foundation.media.kinds import MediaLimits, Probe
from foundation.media.sniff import DNG, HEAD_BYTES, HEIF, TIFF, Container, is_dng, recognise


def in_child(payload: dict[str, Any]) -> dict[str, Any]:
    """``{"path": bytes, "limits": {...}}`` to a probe's dict; raises the room's refusals."""
    path = Path(os.fsdecode(payload["path"]))
    return look(path, limits=MediaLimits.from_dict(payload["limits"])).to_dict()


def container_of(path: Path) -> Container:
    """The kind of file by its bytes. Raises EmptyFile, PlaylistRefused, UnsupportedMedia."""
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES)
        if not head:
            raise EmptyFile("The file is empty: it has no bytes. Send it again.")
        found = recognise(head)
        if found is TIFF and is_dng(file):
            return DNG
    return _with_heif(found) if found is HEIF else found


def _with_heif(found: Container) -> Container:
    """HEIC is decoded where the optional library is installed, and kept undecoded elsewhere."""
    if importlib.util.find_spec("pillow_heif") is None:
        return found
    importlib.import_module("pillow_heif").register_heif_opener(thumbnails=False)
    return replace(found, pillow="HEIF")


def look(path: Path, *, limits: MediaLimits) -> Probe:
    """Probe one file. Raises the refusals of ``foundation.media.errors``."""
    container = container_of(path)
    size = path.stat().st_size
    if container.pillow is not None:
        return still.look(path, container, limits=limits, size=size)
    if container.demuxer is not None:
        return moving.look(path, container, limits=limits, size=size)
    return _undecoded(container, size)


def _undecoded(container: Container, size: int) -> Probe:
    return Probe(
        kind=container.kind,
        media_type=container.media_type,
        format=container.format,
        bytes=size,
        decodable=False,
        note=f"This is {container.title}; it is kept and its credentials are read, but it cannot "
        "be shown or analysed here.",
    )
