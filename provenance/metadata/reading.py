"""Reading metadata. Runs in the child: its input is hostile."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

from foundation.media.errors import MediaRefusal
from foundation.media.kinds import Kind
from foundation.media.sniff import HEAD_BYTES, Container, recognise
from provenance.metadata import containers, exif, png, xmp
from provenance.metadata.gathered import Gathered
from provenance.metadata.meaning import meaning


def inspect(payload: dict[str, Any]) -> dict[str, Any]:
    """``payload``: path. The members of a MetadataRecord except version and duration."""
    path = Path(payload["path"])
    with path.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
        stream.seek(0)
        head = stream.read(HEAD_BYTES)
    try:
        container: Container | None = recognise(head)
    except MediaRefusal:
        container = None
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


def _gather(path: Path, container: Container, into: Gathered) -> None:
    try:
        block = png.gather(path, into) if container.format == "png" else None
        if container.kind is Kind.IMAGE and container.pillow:
            exif.gather(path, container, into, block=block)
        elif container.demuxer:
            containers.marks(path, into)
            containers.gather(path, container, into)
    except MediaRefusal as refusal:
        into.missed(refusal.sentence)
