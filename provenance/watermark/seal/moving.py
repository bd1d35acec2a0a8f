"""The seal of a video, in the door's words. Child only."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from provenance.watermark.api import Detection, Marked, Sample, Status
from provenance.watermark.seal import answers, events, image, places, video, watching, wording
from provenance.watermark.seal.watching import Watched


def detection(sample: Sample, *, key: bytes) -> Detection:
    """What is left of the seal, frame by frame."""
    width, height = sample.probe.width or 0, sample.probe.height or 0
    if min(width, height) < image.LEAST_SIDE:
        sentence = video.too_small(width=width, height=height)
        return Detection(scheme=answers.ID, status=Status.UNSUPPORTED, sentence=sentence)
    found = watching.read(sample.path, key=key)
    if found is None:
        return Detection(scheme=answers.ID, status=Status.ABSENT, sentence=wording.absent())
    boxes = [place.box for place in found.altered.places]
    mapped = None
    if found.altered.lowest is not None:
        mapped = places.tamper_map(
            found.altered.lowest, width=found.width, height=found.height, altered=boxes
        )
    return Detection(
        **answers.found(found.label, agreement=found.agreement, tries=found.tries),
        sentence=_sentence(found),
        tamper_map=mapped,
        details=_details(found),
    )


def _sentence(found: Watched) -> str:
    return wording.moving(
        work=found.label.work.hex(),
        order=found.order.judged,
        to_the_frame=found.order.to_the_frame,
        judged=found.altered.judged,
        places=len(found.altered.places),
        events=[event.sentence for event in found.events],
    )


def _details(found: Watched) -> dict[str, Any]:
    return {
        "work": found.label.work.hex(),
        "altered": _altered(found),
        "events": [event.to_dict() for event in found.events],
        "event_counts": events.counts(found.events),
        "order_judged": found.order.judged,
        "order_to_the_frame": found.order.to_the_frame,
        "order_evidence": round(found.order.evidence, 2),
        "frames": found.frames,
        "frames_sealed": found.label.frames,
        "frames_examined": found.altered.examined,
        "judged_share": round(found.altered.judged, 4),
        "other_works": [work.hex() for work in found.others],
    }


def _altered(found: Watched) -> list[dict[str, Any]] | None:
    """Places in the picture and changes of the order; None when neither could be judged."""
    if not found.order.judged:
        return None
    places_ = [{"kind": "place", **place.to_dict()} for place in found.altered.places]
    return [*places_, *(event.to_dict() for event in found.events)]


def sealed(sample: Sample, *, work: bytes, key: bytes) -> Marked:
    """The sealed video in a new file. Raises WatermarkRefused."""
    target = Path(tempfile.mkdtemp()) / "sealed"
    made = video.seal(sample.path, target, work=work, key=key)
    return Marked(
        file=target,
        details={
            "psnr": round(made.psnr, 2),
            "frames": made.frames,
            "container": made.container,
        },
    )
