"""One file: what its credentials, its metadata and the detectors give a person to look at."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

from detectors import runner
from detectors.api import Finding, Report, Status
from foundation.errors import Refusal
from foundation.media import EmptyFile, PlaylistRefused, UnsupportedMedia, inspect
from probity_cli.context import Record, joined
from probity_cli.scan.known import SOURCE, KnownHashes
from provenance import metadata, verify


class Outcome(StrEnum):
    """How the look at one file ended. ``nothing`` never means that a file is genuine."""

    LOOK = "look"
    NOTHING = "nothing"
    NOT_MEDIA = "not_media"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, kw_only=True)
class Reason:
    """Why somebody should look: ``source`` is who says so."""

    source: str
    sentence: str


@dataclass(kw_only=True)
class Row:
    """What is known about one file; ``marks`` are uncalibrated detectors that marked a place."""

    file: str
    outcome: Outcome = Outcome.NOTHING
    sentence: str = ""
    sha256: str | None = None
    bytes: int | None = None
    media_type: str | None = None
    verdict: str | None = None
    ai_use: str | None = None
    llr: float | None = None
    verbal: str | None = None
    in_doubt: str | None = None
    marks: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    reasons: list[Reason] = field(default_factory=list)

    def to_dict(self) -> dict[str, Any]:
        """JSON-able form."""
        plain = {**vars(self), "outcome": self.outcome.value}
        return {**plain, "reasons": [vars(reason) for reason in self.reasons]}

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Row:
        """The inverse of :meth:`to_dict`. Raises KeyError, TypeError, ValueError."""
        reasons = [Reason(**reason) for reason in data["reasons"]]
        return cls(**{**data, "outcome": Outcome(data["outcome"]), "reasons": reasons})


def look(path: Path, *, with_marks: bool, known: KnownHashes | None = None) -> Row:
    """Everything at once; ``with_marks`` takes marks of uncalibrated detectors as reasons too.

    Never raises a Refusal: a file that cannot be read is a row that says so.
    """
    row = Row(file=str(path))
    try:
        probe = inspect(path)
    except (UnsupportedMedia, PlaylistRefused, EmptyFile) as refusal:
        row.outcome, row.sentence = Outcome.NOT_MEDIA, refusal.sentence
        return row
    except Refusal as refusal:
        row.outcome, row.sentence = Outcome.UNREADABLE, refusal.sentence
        return row
    row.bytes, row.media_type = probe.bytes, probe.media_type
    if known is not None:
        for found in known.asks(path, probe=probe):
            row.reasons.append(Reason(source=SOURCE, sentence=found.sentence))
    records = [_said(row, path, read) for read in (_credentials, _metadata)]
    try:
        context = joined(records[0], records[1], path)
        report = runner.analyse(path, probe=probe, indications=context)
        _detectors(row, report, with_marks=with_marks)
    except Refusal as refusal:
        row.failed.append(refusal.sentence)
    return _concluded(row)


def _said(row: Row, path: Path, read: Callable[[Row, Path], Record]) -> Record | None:
    try:
        return read(row, path)
    except Refusal as refusal:
        row.failed.append(refusal.sentence)
        return None


def _credentials(row: Row, path: Path) -> Record:
    record = verify.read(path).to_dict()
    row.sha256, row.verdict = record["sha256"], record["verdict"]
    if row.verdict == "invalid":
        row.reasons.append(Reason(source="credentials", sentence=record["sentence"]))
    if record["ai_use"] in {"generated", "edited"}:
        row.ai_use = record["ai_use"]
        row.reasons.append(Reason(source="credentials", sentence=record["ai_sentence"]))
    return record


def _metadata(row: Row, path: Path) -> Record:
    record = metadata.read(path).to_dict()
    row.sha256 = row.sha256 or record["sha256"]
    if record["ai_use"] in {"generated", "edited"}:
        row.ai_use = row.ai_use or record["ai_use"]
        row.reasons.append(Reason(source="metadata", sentence=record["sentence"]))
    for contradiction in record["contradictions"]:
        row.reasons.append(Reason(source="metadata", sentence=str(contradiction)))
    return record


def _detectors(row: Row, report: Report, *, with_marks: bool) -> None:
    row.sha256 = report.input_sha256
    found = report.assessment
    row.in_doubt = found.in_doubt
    told = {reason.sentence for reason in row.reasons}
    for one in found.indications:
        if one.speaks == "against" and one.weight == "strong" and one.sentence not in told:
            row.reasons.append(Reason(source=one.source, sentence=one.sentence))
    if found.status is Status.OK:
        row.llr, row.verbal = found.llr, found.verbal
        if (found.llr or 0.0) > 0:
            row.reasons.append(Reason(source="detectors", sentence=found.sentence))
    for finding in report.findings:
        if finding.status is Status.FAILED:
            row.failed.append(f"{finding.detector}: {finding.sentence}")
        elif _marks(finding):
            row.marks.append(finding.detector)
            if with_marks:
                row.reasons.append(Reason(source=finding.detector, sentence=finding.sentence))


def _marks(finding: Finding) -> bool:
    """Whether a detector without calibration points to a place or a moment."""
    measured = finding.status is Status.OK and finding.llr is None
    return measured and bool(finding.regions or finding.tracks)


def _concluded(row: Row) -> Row:
    if row.reasons:
        row.outcome = Outcome.LOOK
        row.sentence = " ".join(reason.sentence for reason in row.reasons)
    else:
        row.sentence = "Nothing was found. That says nothing about whether it is genuine."
    return row
