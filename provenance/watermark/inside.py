"""The child's half of marking and looking: decode, let the schemes work, hand the result out."""

from __future__ import annotations

import os
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

from foundation.child import emit
from foundation.errors import Refusal
from foundation.media.kinds import MediaLimits
from foundation.media.probe import look
from provenance.watermark import keys, writing
from provenance.watermark.api import Detection, Marked, Scheme, Status
from provenance.watermark.chance import over_tries
from provenance.watermark.errors import SchemeUnusable, WatermarkRefused
from provenance.watermark.registry import instantiate
from provenance.watermark.sample import FileSample

PIECE = 1 << 22


def detect(payload: dict[str, Any]) -> None:
    """Work through ``payload["jobs"]``; events: start, detection."""
    sample = _sample(payload["path"])
    for job in payload["jobs"]:
        emit({"start": job["scheme"]})
        for detection in _looked(job, sample):
            emit({"detection": detection.to_plain()})


def embed(payload: dict[str, Any]) -> dict[str, Any]:
    """Mark one file; events: pieces of the written file; the scheme's details."""
    job, sample = payload["job"], _sample(payload["path"])
    if not sample.media & set(job["media"]):
        raise WatermarkRefused(_other_media(job, sample))
    scheme = _scheme(job, sample)
    marked = scheme.embed(sample, payload=payload["hidden"], key=payload["key"])
    with tempfile.TemporaryDirectory() as folder:
        written = _written(marked, sample=sample, folder=Path(folder), suffix=payload["suffix"])
        with written.open("rb") as file:
            while piece := file.read(PIECE):
                emit({"piece": piece})
    return marked.details


def _sample(raw: bytes) -> FileSample:
    path = Path(os.fsdecode(raw))
    return FileSample(path=path, probe=look(path, limits=MediaLimits()))


def _scheme(job: dict[str, Any], sample: FileSample) -> Scheme:
    sample.resources = {name: Path(at) for name, at in job["resources"].items()}
    return instantiate(job["target"])


def _looked(job: dict[str, Any], sample: FileSample) -> list[Detection]:
    """What the scheme found under each key, or one detection that says that nothing was found."""
    if not sample.probe.decodable:
        note = sample.probe.note or "The file cannot be decoded here."
        return [Detection(scheme=job["scheme"], status=Status.UNREADABLE, sentence=note)]
    if not sample.media & set(job["media"]):
        sentence = _other_media(job, sample)
        return [Detection(scheme=job["scheme"], status=Status.UNSUPPORTED, sentence=sentence)]
    given: list[bytes | None] = [*job["keys"]] if job["keys"] else [None]
    seen = [_with_key(job, sample, key, tries=len(given)) for key in given]
    found = [detection for detection in seen if detection.found]
    return found or [min(seen, key=lambda one: (one.status is not Status.ABSENT, one.false_alarm))]


def _with_key(
    job: dict[str, Any], sample: FileSample, key: bytes | None, *, tries: int
) -> Detection:
    try:
        detection = _own(_scheme(job, sample).detect(sample, key=key), job=job)
    except (SchemeUnusable, WatermarkRefused) as refusal:
        return Detection(scheme=job["scheme"], status=Status.UNSUPPORTED, sentence=refusal.sentence)
    except Refusal as refusal:
        return Detection(scheme=job["scheme"], status=Status.UNREADABLE, sentence=refusal.sentence)
    except MemoryError:
        raise
    except (Exception, SystemExit) as error:  # a plugin may raise anything; only it fails
        sentence = f"The scheme stopped with an error ({type(error).__name__}: {error})."
        return Detection(scheme=job["scheme"], status=Status.UNREADABLE, sentence=sentence)
    if key is None:
        return detection
    return replace(
        detection,
        false_alarm=over_tries(detection.false_alarm, tries),
        details={**detection.details, "key": keys.name(key)}
        if detection.found
        else detection.details,
    )


def _own(found: object, *, job: dict[str, Any]) -> Detection:
    """Plugins are not type-checked."""
    if not isinstance(found, Detection) or found.scheme != job["scheme"]:
        raise TypeError("detect() returned no detection of this scheme")
    return found


def _other_media(job: dict[str, Any], sample: FileSample) -> str:
    return (
        f"{job['title']} is made for {' and '.join(job['media'])}; "
        f"this file is of the kind {sample.probe.kind}."
    )


def _written(marked: Marked, *, sample: FileSample, folder: Path, suffix: str) -> Path:
    target = folder / f"marked{suffix}"
    if marked.pixels is not None:
        writing.picture(marked.pixels, before=sample.pixels(), source=sample.path, target=target)
    elif marked.sound is not None:
        writing.sound(marked.sound, target=target)
    elif marked.file is not None:
        return marked.file
    else:
        raise TypeError("embed() returned nothing to write")
    return target
