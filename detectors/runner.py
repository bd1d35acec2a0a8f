"""Sample and cards in, findings and an assessment out: the one call that callers make.

The parent decides who may run, the child decodes and measures. A detector that raises is a failed
finding; one that hangs, exits or crashes takes the child with it, is named, and the others go on in
a fresh child.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from detectors.api import Cause, Finding, Report, Status
from detectors.assessment import Indication
from detectors.calibration.apply import calibrated
from detectors.card import Card, Modality
from detectors.deferring import Deferred
from detectors.faces.windows import is_film
from detectors.fusion import assess
from detectors.models.prepared import resources_of
from detectors.promised import promised
from detectors.registry import Entry, find, usable
from foundation import child
from foundation.errors import Refusal
from foundation.media import Kind, Probe, inspect
from foundation.resources import ResourceMissing

CHILD = "detectors.inside:run"
MEMORY_BYTES = 3 * 1024**3
DECODE_SECONDS = 120
OnFinding = Callable[[Finding], None]
OnProgress = Callable[[str, float | None], None]
"""What is being done, and how much of it is behind (0-1) where that is known."""

ENABLING = {
    "torch": "Install the extra: pip install 'probity-platform[torch]'.",
    "onnxruntime": "Install it: pip install onnxruntime.",
}


@dataclass(frozen=True, kw_only=True)
class _Job:
    """One detector that may run, with its verified resources {id: (path, sha256)}."""

    entry: Entry
    card: Card
    resources: dict[str, tuple[str, str]]

    def payload(self) -> dict[str, Any]:
        return {
            "id": self.card.id,
            "target": self.entry.target,
            "card": str(self.entry.card_path),
            "resources": {name: list(pair) for name, pair in self.resources.items()},
        }


@dataclass
class _Watch:
    """What the child has said so far, so that a death can be put down to someone."""

    probe: Probe
    on_finding: OnFinding | None
    on_progress: OnProgress | None = None
    keep: Path | None = None
    faces: dict[str, Any] | None = None
    found: dict[str, Finding] = field(default_factory=dict)
    deferred: dict[str, Deferred] = field(default_factory=dict)
    tensors: dict[str, bytes] = field(default_factory=dict)
    current: str | None = None
    decoding: str | None = None
    since: float = 0.0
    spent: float = 0.0

    def __call__(self, event: dict[str, Any]) -> None:
        kind = event.get("event")
        if kind == "start":
            self.current, self.since, self.spent = event["detector"], time.monotonic(), 0.0
        elif kind == "decoding":
            if self.decoding is None:
                self.spent += time.monotonic() - self.since
            self.decoding, self.since = event["what"], time.monotonic()
            self.tell(event["what"], None)
        elif kind == "progress":
            self.tell(event["what"], event["share"])
        elif kind == "faces":
            self.faces = event["faces"]
        elif kind == "kept":
            self.write(event["piece"])
        elif kind == "stack":
            self.tensors[event["sha256"]] = event["data"]
        elif kind == "deferred":
            self.current = None
            self.deferred[event["detector"]] = Deferred.of(event)
        elif kind == "finding":
            self.current = None
            self.add(Finding.from_dict(event["finding"]))

    def settled(self, job: _Job) -> bool:
        """Whether nothing more is to come of the job in a child of this kind."""
        return job.card.id in self.found or job.card.id in self.deferred

    @property
    def lasted(self) -> float:
        """Seconds of the decoding under way, or else of the detector's own work."""
        since = time.monotonic() - self.since
        return since if self.decoding is not None else self.spent + since

    def tell(self, what: str | None, share: float | None) -> None:
        if what and self.on_progress:
            self.on_progress(what, share)

    def keep_begin(self) -> None:
        """Forget what a child that died had begun to hand over."""
        if self.keep is not None:
            self.keep.with_suffix(".part").unlink(missing_ok=True)

    def write(self, piece: bytes) -> None:
        """Gather the archive of the faces; it appears whole or not at all."""
        if self.keep is None:
            return
        part = self.keep.with_suffix(".part")
        if piece:
            with part.open("ab") as file:
                file.write(piece)
        elif part.exists():
            part.replace(self.keep)

    def add(self, finding: Finding) -> None:
        finding = calibrated(finding, probe=self.probe)
        self.found[finding.detector] = finding
        if self.on_finding:
            self.on_finding(finding)


def analyse(
    path: Path,
    *,
    probe: Probe,
    only: Collection[str] | None = None,
    on_finding: OnFinding | None = None,
    indications: Sequence[Indication] = (),
    on_progress: OnProgress | None = None,
    stored: Path | None = None,
    keep: Path | None = None,
    defer: bool = False,
) -> Report:
    """Run every detector that fits the file (or those named in ``only``).

    ``on_finding`` is called as each finishes; ``indications`` (what is known apart from
    measurements) enter the assessment. ``stored`` is what an earlier call wrote to ``keep``: the
    faces of the file, which are then not measured again (if it does not fit this file and these
    models, they are); nothing is written where nothing was measured. With ``defer`` networks are
    not run: the report's ``deferred`` says what waits for them (see :mod:`detectors.deferring`).

    Raises :class:`DetectorUnknown` for a name in ``only`` that nobody offers; every other trouble
    is a finding.
    """
    watch = _Watch(probe=probe, on_finding=on_finding, on_progress=on_progress, keep=keep)
    sha256 = digest(path)
    jobs = []
    for entry in _chosen(probe=probe, only=only):
        job = _prepare(entry, probe=probe, sha256=sha256)
        if isinstance(job, Finding):
            watch.add(job)
        else:
            jobs.append(job)
    film = is_film(probe.duration)
    jobs.sort(key=lambda job: _cost(job.card, film=film))
    chosen = tuple(jobs)
    while jobs:
        # a second child finds what the first one kept
        known = keep if keep is not None and keep.exists() else stored
        _run(jobs, watch=watch, path=path, probe=probe, sha256=sha256, stored=known, defer=defer)
        jobs = [job for job in jobs if not watch.settled(job)]
    findings = tuple(watch.found[key] for key in sorted(watch.found))
    assessment = assess(findings, indications=indications)
    prepared = {job.card.id: job.resources for job in chosen}
    deferred = tuple(
        one.with_card(find(one.detector), prepared[one.detector])
        for _, one in sorted(watch.deferred.items())
    )
    return Report(
        findings=findings,
        assessment=assessment,
        input_sha256=sha256,
        faces=watch.faces,
        deferred=deferred,
        tensors=watch.tensors,
    )


def look(
    path: Path,
    *,
    only: Collection[str] | None = None,
    indications: Sequence[Indication] = (),
) -> Report:
    """Probe a file and :func:`analyse` it. Raises what the probe raises as well."""
    return analyse(path, probe=inspect(path), only=only, indications=indications)


def digest(path: Path) -> str:
    """SHA-256 of a file in hexadecimal, read in pieces."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def modalities(probe: Probe) -> frozenset[Modality]:
    """What there is to look at; a video's sound track counts as audio, an animation as video."""
    looks = {Kind.IMAGE: Modality.IMAGE, Kind.VIDEO: Modality.VIDEO, Kind.AUDIO: Modality.AUDIO}
    found = {looks[probe.kind]} if probe.kind in looks else set()
    if probe.kind is Kind.VIDEO and probe.sample_rate:
        found.add(Modality.AUDIO)
    if probe.animated:
        found.add(Modality.VIDEO)
    return frozenset(found)


def _chosen(*, probe: Probe, only: Collection[str] | None) -> list[Entry]:
    if only is not None:
        return [find(name) for name in sorted(set(only))]
    fitting = modalities(probe)
    return [entry for entry in usable() if entry.card and entry.card.modality in fitting]


def _prepare(entry: Entry, *, probe: Probe, sha256: str) -> _Job | Finding:
    """A job, or the finding that says why there is none."""
    card = entry.card
    if card is None:
        return Finding(
            detector=entry.id,
            version="unknown",
            status=Status.FAILED,
            cause=Cause.PLUGIN,
            sentence=f"The plugin is installed but cannot be used: {entry.error}",
            input_sha256=sha256,
        )
    if (reason := _unfit(card, probe=probe)) is not None:
        return _without_run(card, sentence=reason, sha256=sha256)
    try:
        return _Job(entry=entry, card=card, resources=resources_of(entry, card))
    except ResourceMissing as missing:
        return _without_run(card, sentence=missing.sentence, sha256=sha256)
    except Refusal as refusal:
        return _without_run(card, cause=Cause.PLUGIN, sentence=refusal.sentence, sha256=sha256)


def _cost(card: Card, *, film: bool) -> tuple[int, int]:
    """Detectors that need little come first, so that a long file has a first finding early: sound
    as it is, sound at another rate, networks, pictures, faces. Of a ``film`` the sound is read to
    its end and the pictures are not, so they come before it."""
    needs = card.needs
    rate = needs.audio.rate if needs.audio else 0
    if needs.faces or needs.landmarks:
        return 3, rate
    if needs.frames:
        return -1 if film else 2, rate
    return (1 if needs.models or needs.resources else 0), rate


def _unfit(card: Card, *, probe: Probe) -> str | None:
    if not probe.decodable:
        return probe.note or "This file cannot be decoded here."
    if card.modality not in modalities(probe):
        kind = "a video without sound" if probe.kind is Kind.VIDEO else f"of the kind {probe.kind}"
        return f"This detector looks at {card.modality}; the file is {kind}."
    absent = [name for name in card.runtime.libraries if importlib.util.find_spec(name) is None]
    if absent:
        how = ENABLING.get(absent[0], f"Install it: pip install {absent[0]}.")
        return f"The library {absent[0]} that this detector runs on is not installed. {how}"
    if "cpu" not in card.runtime.devices:
        return "This detector needs a GPU, and analysis runs on the processor here."
    return None


def _run(
    jobs: list[_Job],
    *,
    watch: _Watch,
    path: Path,
    probe: Probe,
    sha256: str,
    stored: Path | None,
    defer: bool,
) -> None:
    """One child, as many jobs as it survives. At least one job has its finding afterwards."""
    watch.keep_begin()
    watch.current, watch.decoding = None, None
    seconds = DECODE_SECONDS + sum(job.card.runtime.seconds for job in jobs)
    limits = child.Limits(memory_bytes=MEMORY_BYTES, cpu_seconds=2 * seconds, wall_seconds=seconds)
    payload = {
        "path": os.fsencode(path.absolute()),
        "probe": probe.to_dict(),
        "sha256": sha256,
        "jobs": [job.payload() for job in jobs],
        "decode_seconds": DECODE_SECONDS,
        "stored": os.fsencode(stored.absolute()) if stored else None,
        "keep": watch.keep is not None,
        "defer": defer,
    }
    trouble = Refusal("It ended without a result.")
    try:
        child.call(CHILD, payload, limits=limits, on_event=watch)
    except Refusal as refusal:
        trouble = refusal
    if all(watch.settled(job) for job in jobs):
        return
    for job in _culprits(jobs, watch=watch):
        cause, sentence = _blame(job, watch=watch, trouble=trouble)
        watch.add(_without_run(job.card, cause=cause, sentence=sentence, sha256=sha256))


def _culprits(jobs: list[_Job], *, watch: _Watch) -> list[_Job]:
    left = [job for job in jobs if not watch.settled(job)]
    named = [job for job in left if job.card.id == watch.current]
    return named or left


def _blame(job: _Job, *, watch: _Watch, trouble: Refusal) -> tuple[Cause, str]:
    if watch.current is None:
        return Cause.START, f"The analysis could not be started. {trouble.sentence}"
    lasted = watch.lasted
    if watch.decoding is not None:
        words = f"Decoding {watch.decoding} ended the analysis after {lasted:.0f} s."
        return Cause.DECODING, f"{words} {trouble.sentence}"
    if lasted >= job.card.runtime.seconds:
        allowed = f"its {job.card.runtime.seconds} s"
        return Cause.TIME, f"The detector did not finish within {allowed} and was stopped."
    cause = Cause.MEMORY if getattr(trouble, "cause", "") == "memory" else Cause.CRASH
    words = f"The detector brought its process down after {lasted:.1f} s."
    return cause, f"{words} {trouble.sentence}"


def _without_run(card: Card, *, sentence: str, sha256: str, cause: Cause | None = None) -> Finding:
    """Abstained, or failed where there is a cause."""
    return Finding(
        detector=card.id,
        version=card.version,
        status=Status.FAILED if cause else Status.ABSTAINED,
        cause=cause,
        sentence=sentence,
        score_range=(card.score.low, card.score.high),
        direction=card.score.direction,
        parameters=dict(card.parameters),
        input_sha256=sha256,
        details=promised(card.id),
    )
