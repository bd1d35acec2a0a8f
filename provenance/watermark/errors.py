"""Why marking or looking was refused."""

from __future__ import annotations

from typing import ClassVar

from provenance.errors import ProvenanceRefusal


class WatermarkRefused(ProvenanceRefusal):
    """The media cannot hold this mark (too short, too small, too flat), or not in this form."""

    code: ClassVar[str] = "watermark-refused"


class WatermarkNotHeld(WatermarkRefused):
    """The mark was put in and could not be read back; nothing was kept."""

    code: ClassVar[str] = "watermark-not-held"


class SchemeUnknown(ProvenanceRefusal):
    """No watermark scheme of that name is installed."""

    code: ClassVar[str] = "watermark-scheme-unknown"
    status: ClassVar[int] = 404


class SchemeUnusable(ProvenanceRefusal):
    """A scheme is installed and cannot be used here."""

    code: ClassVar[str] = "watermark-scheme-unusable"


class KeyInvalid(ProvenanceRefusal):
    """A watermark key is missing, malformed, or open to other people."""

    code: ClassVar[str] = "watermark-key-invalid"


class PayloadInvalid(ProvenanceRefusal):
    """The bytes to be hidden have the wrong length or form."""

    code: ClassVar[str] = "watermark-payload-invalid"


class WatermarkCardInvalid(ProvenanceRefusal):
    """A scheme's card cannot be used."""

    code: ClassVar[str] = "watermark-card-invalid"
    status: ClassVar[int] = 500
