"""The platform's door to the engines: one asset in, statements out, each as soon as it is there."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import detectors.runner as detection
from detectors import registry, stacks
from detectors.api import Finding as DetectorFinding
from detectors.api import Report
from detectors.assessment import Indication
from detectors.deferring import Ran, waiting_conclude, waiting_pack
from detectors.runtimes.sources import name_here
from probity.core.errors import Refusal
from probity.evidence.probes import Probe
from provenance import indications, metadata, store, trust, verify

from .marks import MARKS, contradictions_state, marks_state
from .models import FindingKind
from .sittings import Waiting, WaitingStack
from .statements import StatedAssessment, StatedPicture, Statement

Say = Callable[[Statement], None]
Tell = Callable[[str, float | None], None]
"""What is being done, and the share of it that is done (0-1) where that is known."""

CREDENTIALS = "provenance.credentials"
METADATA = "provenance.metadata"
PROVENANCE_STATEMENTS = 4


def planned(probe: Probe) -> int:
    """How many statements an analysis of such a file will make."""
    fitting = detection.modalities(probe)
    return PROVENANCE_STATEMENTS + sum(
        1 for entry in registry.usable() if entry.card and entry.card.modality in fitting
    )


def provenance_say(path: Path, *, sha256: str, say: Say) -> list[Indication]:
    """Credentials and metadata first: they are quick, and often decide. Then watermarks, and what
    these three say against one another. Returns what they say for and against authenticity."""
    heard: dict[str, dict[str, Any]] = {}
    for producer, title, read in (
        (CREDENTIALS, "Content Credentials", _credentials),
        (METADATA, "Metadata", _metadata),
        (MARKS, "Watermarks", lambda path, sha256: marks_state(path, sha256=sha256)),
    ):
        try:
            statement = read(path, sha256)
        except Refusal as refusal:
            statement = _failed(producer, title, refusal.sentence, sha256)
        heard[producer] = statement.details
        say(statement)
    told = (
        heard[CREDENTIALS] or None,
        heard[METADATA] or None,
        heard[MARKS].get("watermarks", []),
    )
    say(contradictions_state(*told, sha256=sha256))
    return [Indication.from_dict(one.to_dict()) for one in indications.find(*told)]


def _failed(producer: str, title: str, sentence: str, sha256: str) -> Statement:
    return Statement(
        kind=FindingKind.PROVENANCE,
        producer=producer,
        title=title,
        version="",
        status="failed",
        sentence=sentence,
        input_sha256=sha256,
        duration_ms=0,
    )


@dataclass
class FaceMemory:
    """Where faces that were measured before lie, where new ones are to be written, and, after the
    detectors ran, where faces were seen over time (None when nobody looked)."""

    stored: Path | None
    keep: Path
    seen: dict[str, Any] | None = None


def detectors_say(
    path: Path,
    *,
    probe: Probe,
    say: Say,
    known: Sequence[Indication] = (),
    memory: FaceMemory | None = None,
    tell: Tell | None = None,
) -> StatedAssessment | Waiting:
    """Run every fitting detector; return their assessment, held against what else is ``known``.

    ``memory`` spares looking for faces again; ``tell`` hears what is being done and how far it is.
    Where networks have to be asked, what waits for them is returned instead.
    """
    report = detection.analyse(
        path,
        probe=probe,
        on_finding=lambda finding: say(_detector_statement(finding)),
        indications=known,
        on_progress=tell,
        stored=memory.stored if memory else None,
        keep=memory.keep if memory else None,
        defer=True,
    )
    if memory:
        memory.seen = report.faces
    if report.deferred:
        return _waiting(report, known)
    return _stated_assessment(report)


def waiting_say(
    archive: bytes, *, ran: Mapping[tuple[str, str], Ran], probe: Probe, say: Say
) -> StatedAssessment:
    """The second sitting: what networks said (by detector and model) becomes findings."""
    report = waiting_conclude(
        archive,
        ran=ran,
        probe=probe,
        on_finding=lambda finding: say(_detector_statement(finding)),
    )
    return _stated_assessment(report)


def _waiting(report: Report, known: Sequence[Indication]) -> Waiting:
    shapes = {name: stacks.unpack(data) for name, data in report.tensors.items()}
    return Waiting(
        archive=waiting_pack(report, indications=known),
        stacks=[
            WaitingStack(
                detector=one.detector,
                model=name_here(model),
                shape=f"{shapes[name].dtype} {stacks.shape_words(shapes[name].shape[1:])}",
                items=len(shapes[name]),
                sha256=name,
            )
            for one in report.deferred
            for model, name in one.stacks.items()
        ],
        tensors=report.tensors,
    )


def _stated_assessment(report: Report) -> StatedAssessment:
    assessment = report.assessment.to_dict()
    return StatedAssessment(
        status=assessment["status"],
        sentence=assessment["sentence"],
        llr=assessment["llr"],
        verbal=assessment["verbal"] or "",
        in_doubt=assessment["in_doubt"] or "",
        parts=assessment["contributions"],
        subjects=assessment["subjects"],
        indications=assessment["indications"],
    )


def _credentials(path: Path, sha256: str) -> Statement:
    record = verify.read(path).to_dict()
    versions = record.get("versions", {})
    return Statement(
        kind=FindingKind.PROVENANCE,
        producer=CREDENTIALS,
        title="Content Credentials",
        version=str(versions.get("library", "")),
        status="failed" if record["credentials"] == "unreadable" else "ok",
        sentence=record["sentence"],
        details=record,
        resources={name: entry["sha256"] for name, entry in versions.get("lists", {}).items()},
        input_sha256=sha256,
        duration_ms=record.get("duration_ms", 0),
    )


def _metadata(path: Path, sha256: str) -> Statement:
    record = metadata.read(path).to_dict()
    return Statement(
        kind=FindingKind.PROVENANCE,
        producer=METADATA,
        title="Metadata",
        version=str(record.get("version", "1")),
        status="ok",
        sentence=record["sentence"],
        details=record,
        input_sha256=sha256,
        duration_ms=record.get("duration_ms", 0),
    )


def _detector_statement(finding: DetectorFinding) -> Statement:
    body = finding.to_json()
    return Statement(
        kind=FindingKind.DETECTOR,
        producer=finding.detector,
        title=_title(finding.detector),
        version=finding.version,
        status=finding.status.value,
        sentence=finding.sentence,
        score=finding.score,
        llr=finding.llr,
        details=_details(body),
        resources=finding.resources,
        parameters=dict(finding.parameters),
        runtime=" ".join(f"{name} {version}" for name, version in finding.runtime.items())[:80],
        device=finding.device,
        input_sha256=finding.input_sha256,
        duration_ms=finding.duration_ms,
        pictures=tuple(
            StatedPicture(picture.name, picture.media_type, picture.data, picture.caption)
            for picture in finding.pictures
        ),
    )


def _details(body: dict[str, Any]) -> dict[str, Any]:
    kept = ("regions", "tracks", "details", "score_range", "direction", "error_rates", "runtime",
            "curves")  # fmt: skip
    body = body | {"curves": [curve for one in body["pictures"] for curve in one["curves"]]}
    return {name: body[name] for name in kept if body.get(name) not in (None, [], {}, ())}


def _title(detector: str) -> str:
    card = registry.find(detector).card
    return card.name if card else detector


def detector_cards(producers: Collection[str]) -> dict[str, dict[str, Any]]:
    """The cards of the named detectors that are still installed, by id."""
    return {
        entry.card.id: entry.card.to_dict()
        for entry in registry.usable()
        if entry.card and entry.card.id in producers
    }


def detectors_evidence(producers: Collection[str]) -> dict[str, str]:
    """What the named detectors that are still installed call their evidence, by id."""
    return {
        entry.card.id: str(entry.card.evidence)
        for entry in registry.usable()
        if entry.card and entry.card.id in producers
    }


def manifest_store(path: Path) -> bytes:
    """The raw C2PA manifest store inside a file; empty when it has none that can be read."""
    try:
        return store.manifest_store(path)
    except Refusal:
        return b""


def trust_lists() -> dict[str, Any]:
    """The trust lists in use with digest, date and anchors, and those that should be here."""
    known = trust.load()
    return {
        "lists": [{**row.to_dict(), **row.payload()} for row in known.lists],
        "missing": [row.to_dict() for row in known.missing],
    }
