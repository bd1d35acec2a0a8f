"""A made-up analysis of a file: what each installed picture detector could have said of it.

Names, versions, scales and settings come from the cards; what was measured is chance, and every
sentence says so.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

from probity.analysis.engines import CREDENTIALS, METADATA, detector_cards
from probity.analysis.models import Assessment, Finding, FindingKind, Job, Run

Row = dict[str, object]
FINDING_TABLES = {model._meta.db_table: model for model in (Job, Run, Finding, Assessment)}
NOTHING = "Made up: nothing was measured."
PICTURES = (
    "image.block_grid", "image.colour", "image.copy_move", "image.double_quantisation",
    "image.error_level", "image.face_forgery", "image.jpeg_ghost", "image.lighting", "image.noise",
    "image.resampling", "image.spectrum",
)  # fmt: skip
RUNTIME = {"numpy": "made up", "cv2": "made up"}
ABSTAINS, CALIBRATED = 0.15, 0.2
NO_CREDENTIALS: dict[str, Any] = {
    "credentials": "absent", "media_type": "image/jpeg", "verdict": "none", "ai_use": "unknown",
    "summary": {
        "icon": "none", "title": "No Content Credentials", "signer": None, "generator": None,
        "date": None, "date_proven": False, "ai": None,
    },
    "verdict_by_list": {}, "trusted_by": [], "reasons": [], "lists": [], "checks": [],
    "by_list": {"c2pa": None, "interim": None}, "certificates": [], "error": None, "tree": None,
}  # fmt: skip
NO_METADATA: dict[str, Any] = {
    "media_type": "image/jpeg", "digital_source_type": None, "ai_use": "unknown", "camera": None,
    "generator": None, "software": None, "edited_with": [], "edit_software": [], "encoder": None,
    "encoder_traces": [], "location_present": False, "personal_present": [], "thumbnail": None,
    "fields": [], "contradictions": [], "not_read": [],
}  # fmt: skip


@dataclass(frozen=True)
class Speaker:
    """One producer of findings, with what it says each time."""

    kind: FindingKind
    producer: str
    title: str
    version: str
    subject: str = "file"
    evidence: str = "semantic"
    low: float = 0.0
    high: float = 0.0
    parameters: str = "{}"
    says: str = ""
    details: str = "{}"

    @property
    def measures(self) -> bool:
        """Whether it has a score."""
        return self.kind == FindingKind.DETECTOR


def speakers() -> list[Speaker]:
    """Credentials, metadata, and the detectors among ``PICTURES`` that are installed."""
    cards = detector_cards(PICTURES)
    return [
        Speaker(
            FindingKind.PROVENANCE, CREDENTIALS, "Content Credentials", "made up",
            details=json.dumps(NO_CREDENTIALS), says=f"{NOTHING} No Content Credentials.",
        ),
        Speaker(
            FindingKind.PROVENANCE, METADATA, "Metadata", "made up",
            details=json.dumps(NO_METADATA), says=f"{NOTHING} No metadata.",
        ),
        *(_speaker(cards[name]) for name in sorted(cards)),
    ]  # fmt: skip


def _speaker(card: dict[str, Any]) -> Speaker:
    score = card["score"]
    scale = {"score_range": [score["low"], score["high"]], "direction": str(score["direction"])}
    return Speaker(
        FindingKind.DETECTOR, card["id"], card["name"], card["version"],
        subject=str(card["speaks_about"]), evidence=str(card["evidence"]),
        low=score["low"], high=score["high"], parameters=json.dumps(card["parameters"]),
        says=f"{NOTHING} {' '.join(card['summary'].split())}",
        details=json.dumps({**scale, "runtime": RUNTIME, "details": {"looked_at": 408}}),
    )  # fmt: skip


@dataclass(frozen=True)
class Analysed:
    """The file that is said to have been analysed, for which case, from when on."""

    case: UUID
    sha256: str
    at: datetime


def analysis_rows(
    rows: dict[str, list[Row]], one: Analysed, *, by: list[Speaker], rng: Random
) -> None:
    """Add a finished job with its run, one finding of each speaker, and an assessment."""
    ended = one.at + timedelta(seconds=20)
    job, run = _id(rng), _id(rng)
    rows["analysis_job"].append(
        {
            "id": job, "kind": "analyse", "asset_id": one.sha256, "case": one.case,
            "state": "done", "attempts": 1, "worker": "made-up", "created_at": one.at,
            "ended_at": ended,
        }
    )  # fmt: skip
    rows["analysis_run"].append(
        {
            "id": run, "asset_id": one.sha256, "job_id": job, "case": one.case, "attempt": 1,
            "planned": len(by), "worker": "made-up", "started_at": one.at, "ended_at": ended,
            "state": "done",
        }
    )  # fmt: skip
    found = [_finding(one, run, speaker, rng) for speaker in by]
    rows["analysis_finding"] += found
    rows["analysis_assessment"].append(
        {
            "id": _id(rng), "run_id": run, "asset_id": one.sha256, "status": "abstained",
            "sentence": f"{NOTHING} No overall weight is given.", "made_at": ended,
            "parts": json.dumps(
                [
                    _part(speaker, row)
                    for speaker, row in zip(by, found, strict=True)
                    if speaker.measures
                ]
            ),
        }
    )  # fmt: skip


def _finding(one: Analysed, run: UUID, speaker: Speaker, rng: Random) -> Row:
    spoke = not speaker.measures or rng.random() > ABSTAINS
    measured = speaker.measures and spoke
    return {
        "id": _id(rng), "run_id": run, "asset_id": one.sha256, "kind": str(speaker.kind),
        "producer": speaker.producer, "title": speaker.title, "version": speaker.version,
        "status": "ok" if spoke else "abstained", "sentence": speaker.says,
        "score": round(rng.uniform(speaker.low, speaker.high), 4) if measured else None,
        "llr": round(rng.gauss(0, 1), 3) if measured and rng.random() < CALIBRATED else None,
        "details": speaker.details, "parameters": speaker.parameters,
        "runtime": "made up", "device": "cpu", "input_sha256": one.sha256,
        "duration_ms": round(rng.uniform(20, 2000), 1), "made_at": one.at,
    }  # fmt: skip


def _part(speaker: Speaker, row: Row) -> dict[str, object]:
    return {
        "detector": speaker.producer, "status": row["status"], "llr": row["llr"], "weight": 0.0,
        "why": "It is made up and carries no weight.", "subject": speaker.subject,
        "evidence": speaker.evidence,
    }  # fmt: skip


def _id(rng: Random) -> UUID:
    return UUID(int=rng.getrandbits(128), version=4)
