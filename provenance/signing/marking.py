"""The watermark that goes into a work before it is signed, and the soft binding that names it.

The mark comes first and the manifest second: the signature then covers the marked content, and the
assertion says which identifier leads back here (C2PA Technical Specification 2.2, section 18.10).
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from pathlib import Path

from provenance import watermark
from provenance.signing.errors import FormatNotSigned
from provenance.soft_binding import Binding
from provenance.watermark import registry
from provenance.watermark.api import WORK_ID_BYTES

_SUFFIXES = {
    "image/jpeg": ".jpg", "image/png": ".png", "image/webp": ".webp", "image/tiff": ".tiff",
    "image/avif": ".avif", "video/mp4": ".mp4", "video/quicktime": ".mov", "audio/wav": ".wav",
    "audio/flac": ".flac", "audio/mpeg": ".mp3", "audio/mp4": ".m4a",
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Mark:
    """A watermark to put in: the institution's key (32 bytes); ``payload`` is the work's identifier
    (8 bytes, drawn when None); ``scheme`` None takes the seal for pictures and video and the
    identifier for sound."""

    key: bytes
    payload: bytes | None = None
    scheme: str | None = None


def put_in(path: Path, out: Path, mark: Mark, *, media_type: str) -> Binding:
    """Write a marked copy of ``path`` to ``out``; the binding to declare.

    Raises FormatNotSigned and the refusals of ``watermark.embed``.
    """
    suffix = _SUFFIXES.get(media_type)
    if suffix is None:
        raise FormatNotSigned("A watermark cannot be put into this kind of file. Sign it without.")
    scheme = mark.scheme or ("audio" if media_type.startswith("audio/") else "seal")
    payload = mark.payload or secrets.token_bytes(WORK_ID_BYTES)
    card = registry.find(scheme).card
    written = out.with_name(f"{out.name}{suffix}")
    try:
        made = watermark.embed(path, written, scheme=scheme, payload=payload, key=mark.key)
        written.replace(out)
    finally:
        written.unlink(missing_ok=True)
    algorithm = (card.algorithm if card else None) or scheme
    return Binding(algorithm=algorithm, value=made.payload)
