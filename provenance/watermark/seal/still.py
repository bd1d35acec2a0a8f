"""The seal of one picture, in the door's words. Child only."""

from __future__ import annotations

from provenance.watermark.api import Detection, Marked, Sample, Status
from provenance.watermark.errors import WatermarkRefused
from provenance.watermark.seal import answers, image, places, quality, wording


def detection(sample: Sample, *, key: bytes) -> Detection:
    """What is left of the seal."""
    picture = sample.pixels()
    height, width = picture.shape[:2]
    if min(height, width) < image.LEAST_SIDE:
        return Detection(
            scheme=answers.ID, status=Status.UNSUPPORTED, sentence=_too_small(width, height)
        )
    found = image.read(picture, key=key)
    if found is None:
        return Detection(scheme=answers.ID, status=Status.ABSENT, sentence=wording.absent())
    work = found.label.work
    common = answers.found(found.label, agreement=found.agreement, tries=found.tries)
    if found.judgement is None:
        return Detection(
            **common,
            sentence=wording.frame_of_video(work=work.hex()),
            details={"work": work.hex(), "frame_of_video": True, "altered": None},
        )
    boxes = places.boxes(found.judgement, width=width, height=height)
    mapped = places.tamper_map(found.judgement, width=width, height=height, altered=boxes)
    judged = float(found.judgement.judged.mean())
    return Detection(
        **common,
        sentence=wording.still(
            work=work.hex(), judged=judged, intact=mapped.intact_share, places=len(boxes)
        ),
        tamper_map=mapped,
        details={
            "work": work.hex(),
            "altered": [list(box) for box in boxes] if judged >= wording.LEAST_JUDGED else None,
            "judged_share": round(judged, 4),
            "intact_share": mapped.intact_share,
            "noise": round(found.judgement.noise, 2),
            "tone": found.tone.to_dict() if found.tone else None,
        },
    )


def sealed(sample: Sample, *, work: bytes, key: bytes) -> Marked:
    """The sealed picture. Raises WatermarkRefused."""
    if sample.probe.animated:
        raise WatermarkRefused(
            "An animation cannot be sealed as a picture. Save it as a video (MP4) and seal that."
        )
    picture = sample.pixels()
    height, width = picture.shape[:2]
    if min(height, width) < image.LEAST_SIDE:
        raise WatermarkRefused(_too_small(width, height))
    sealed = image.seal(picture, work=work, key=key)
    return Marked(
        pixels=sealed,
        details={
            "psnr": round(quality.psnr(picture, sealed), 2),
            "ssim": round(quality.ssim(picture, sealed), 4),
        },
    )


def _too_small(width: int, height: int) -> str:
    return (
        f"The picture has {width} x {height} pixels; the seal needs {image.LEAST_SIDE} on each "
        "side. Use a larger copy."
    )
