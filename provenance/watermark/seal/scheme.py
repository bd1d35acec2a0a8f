"""The seal as a watermark scheme: the door's words on one side, arrays on the other. Child only."""

from __future__ import annotations

from foundation.media.kinds import Kind
from provenance.watermark.api import Detection, Marked, Sample
from provenance.watermark.errors import KeyInvalid
from provenance.watermark.seal import moving, still


class Seal:
    """See ``docs/explanation/seal.md``."""

    def detect(self, sample: Sample, *, key: bytes | None) -> Detection:
        """Look for the seal of ``key``, and for what was altered. Raises KeyInvalid without one."""
        held = _must(key)
        look = moving.detection if sample.probe.kind is Kind.VIDEO else still.detection
        return look(sample, key=held)

    def embed(self, sample: Sample, *, payload: bytes, key: bytes | None) -> Marked:
        """Seal as the work named by eight bytes. Raises KeyInvalid, WatermarkRefused."""
        held = _must(key)
        put = moving.sealed if sample.probe.kind is Kind.VIDEO else still.sealed
        return put(sample, work=payload, key=held)


def _must(key: bytes | None) -> bytes:
    if key is None:
        raise KeyInvalid("The seal can only be seen and set with its key.")
    return key
