"""Reading metadata. Runs in the child: its input is hostile."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO

from foundation.media.errors import MediaRefusal
from foundation.media.kinds import Kind
from foundation.media.sniff import DNG, HEAD_BYTES, TIFF, Container, is_dng, recognise
from provenance.metadata import containers, documents, exif, items, png, xmp
from provenance.metadata.gathered import Gathered
from provenance.metadata.meaning import meaning

_BLOCKS: dict[str, Callable[[Path, Gathered], bytes | None]] = {
    "png": png.gather,
    "heif": items.heif,
    "avif": items.heif,
    "jxl": items.jpeg_xl,
}


def inspect(payload: dict[str, Any]) -> dict[str, Any]:
    """``payload``: path. The members of a MetadataRecord except version and duration."""
    path = Path(payload["path"])
    with path.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
        stream.seek(0)
        container = _container(stream)
    gathered = Gathered()
    if container is not None:
        _gather(path, container, gathered)
    if not gathered.xmp:
        gathered.xmp.extend(xmp.scan(path))
    packets = []
    for raw in gathered.xmp[:4]:
        try:
            packets.append(xmp.parse(raw))
        except xmp.PacketUnreadableError:
            gathered.missed("An XMP block is damaged or unsafe and was not read.")
    return {
        "sha256": digest,
        "bytes": path.stat().st_size,
        "media_type": container.media_type if container else None,
        **meaning(gathered, packets),
    }


def _container(stream: BinaryIO) -> Container | None:
    try:
        found = recognise(stream.read(HEAD_BYTES))
    except MediaRefusal:
        return None
    return DNG if found is TIFF and is_dng(stream) else found


def _gather(path: Path, container: Container, into: Gathered) -> None:
    try:
        reader = _BLOCKS.get(container.format)
        block = reader(path, into) if reader else None
        if container.kind is Kind.IMAGE and container.pillow:
            _picture(path, container, into, block)
        elif block is not None:
            exif.from_block(block, into)
        elif container is DNG:
            exif.from_raw(path, into)
        elif container.format == "pdf":
            documents.pdf(path, into)
        elif container.demuxer:
            containers.marks(path, into)
            containers.gather(path, container, into)
    except MediaRefusal as refusal:
        into.missed(refusal.sentence)


def _picture(path: Path, container: Container, into: Gathered, block: bytes | None) -> None:
    """A picture that Pillow opens; where it does not, the block that was found without it."""
    try:
        exif.gather(path, container, into, block=block)
    except MediaRefusal as refusal:
        into.missed(refusal.sentence)
        if block is not None:
            exif.from_block(block, into)
