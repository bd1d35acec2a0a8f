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
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from detectors.api import Finding, Report, Status
from detectors.card import Card, Modality
from detectors.fusion import assess
from detectors.registry import Entry, find, usable
from foundation import child
from foundation.errors import Refusal
from foundation.media import Kind, Probe
from foundation.resources import Catalogue, ResourceMissing

CHILD = "detectors.inside:run"
MEMORY_BYTES = 3 * 1024**3
DECODE_SECONDS = 120
OnFinding = Callable[[Finding], None]

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

    on_finding: OnFinding | None
    found: dict[str, Finding] = field(default_factory=dict)
    current: str | None = None
    decoding: str | None = None
    since: float = 0.0

    def __call__(self, event: dict[str, Any]) -> None:
        kind = event.get("event")
        if kind == "start":
            self.current, self.since = event["detector"], time.monotonic()
        elif kind == "decoding":
            self.decoding, self.since = event["what"], time.monotonic()
        elif kind == "finding":
            self.current = None
            self.add(Finding.from_dict(event["finding"]))

    def add(self, finding: Finding) -> None:
        self.found[finding.detector] = finding
        if self.on_finding:
            self.on_finding(finding)


def analyse(
    path: Path,
    *,
    probe: Probe,
    only: Collection[str] | None = None,
    on_finding: OnFinding | None = None,
) -> Report:
    """Run every detector that fits the file (or those named in ``only``).

    ``on_finding`` is called as each finishes. Raises :class:`DetectorUnknown` for a name in
    ``only`` that nobody offers; every other trouble is a finding.
    """
    watch = _Watch(on_finding=on_finding)
    sha256 = digest(path)
    jobs = []
    for entry in _chosen(probe=probe, only=only):
        job = _prepare(entry, probe=probe, sha256=sha256)
        if isinstance(job, Finding):
            watch.add(job)
        else:
            jobs.append(job)
    while jobs:
        _run(jobs, watch=watch, path=path, probe=probe, sha256=sha256)
        jobs = [job for job in jobs if job.card.id not in watch.found]
    findings = tuple(watch.found[key] for key in sorted(watch.found))
    return Report(findings=findings, assessment=assess(findings), input_sha256=sha256)


def digest(path: Path) -> str:
    """SHA-256 of a file in hexadecimal, read in pieces."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def modalities(probe: Probe) -> frozenset[Modality]:
    """What there is to look at; a video's sound track counts as audio."""
    looks = {Kind.IMAGE: Modality.IMAGE, Kind.VIDEO: Modality.VIDEO, Kind.AUDIO: Modality.AUDIO}
    found = {looks[probe.kind]} if probe.kind in looks else set()
    if probe.kind is Kind.VIDEO and probe.sample_rate:
        found.add(Modality.AUDIO)
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
            sentence=f"The plugin is installed but cannot be used: {entry.error}",
            input_sha256=sha256,
        )
    if (reason := _unfit(card, probe=probe)) is not None:
        return _without_run(card, status=Status.ABSTAINED, sentence=reason, sha256=sha256)
    try:
        return _Job(entry=entry, card=card, resources=_resources(entry, card))
    except ResourceMissing as missing:
        return _without_run(card, status=Status.ABSTAINED, sentence=missing.sentence, sha256=sha256)
    except Refusal as refusal:
        return _without_run(card, status=Status.FAILED, sentence=refusal.sentence, sha256=sha256)


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


def _resources(entry: Entry, card: Card) -> dict[str, tuple[str, str]]:
    if not card.needs.resources:
        return {}
    catalogue = Catalogue.load(entry.target.partition(":")[0].partition(".")[0])
    return {
        name: (str(catalogue.path(name)), catalogue.get(name).sha256)
        for name in card.needs.resources
    }


def _run(jobs: list[_Job], *, watch: _Watch, path: Path, probe: Probe, sha256: str) -> None:
    """One child, as many jobs as it survives. At least one job has its finding afterwards."""
    watch.current, watch.decoding = None, None
    seconds = DECODE_SECONDS + sum(job.card.runtime.seconds for job in jobs)
    limits = child.Limits(memory_bytes=MEMORY_BYTES, cpu_seconds=2 * seconds, wall_seconds=seconds)
    payload = {
        "path": os.fsencode(path.absolute()),
        "probe": probe.to_dict(),
        "sha256": sha256,
        "jobs": [job.payload() for job in jobs],
        "decode_seconds": DECODE_SECONDS,
    }
    trouble = "It ended without a result."
    try:
        child.call(CHILD, payload, limits=limits, on_event=watch)
    except Refusal as refusal:
        trouble = refusal.sentence
    if all(job.card.id in watch.found for job in jobs):
        return
    for job in _culprits(jobs, watch=watch):
        sentence = _blame(job, watch=watch, trouble=trouble)
        watch.add(_without_run(job.card, status=Status.FAILED, sentence=sentence, sha256=sha256))


def _culprits(jobs: list[_Job], *, watch: _Watch) -> list[_Job]:
    left = [job for job in jobs if job.card.id not in watch.found]
    named = [job for job in left if job.card.id == watch.current]
    return named or left


def _blame(job: _Job, *, watch: _Watch, trouble: str) -> str:
    if watch.current is None:
        return f"The analysis could not be started. {trouble}"
    lasted = time.monotonic() - watch.since
    if watch.decoding is not None:
        return f"Decoding {watch.decoding} ended the analysis after {lasted:.0f} s. {trouble}"
    if lasted >= job.card.runtime.seconds:
        return (
            f"The detector did not finish within its {job.card.runtime.seconds} s and was stopped."
        )
    return f"The detector brought its process down after {lasted:.1f} s. {trouble}"


def _without_run(card: Card, *, status: Status, sentence: str, sha256: str) -> Finding:
    return Finding(
        detector=card.id,
        version=card.version,
        status=status,
        sentence=sentence,
        score_range=(card.score.low, card.score.high),
        direction=card.score.direction,
        parameters=dict(card.parameters),
        input_sha256=sha256,
    )
