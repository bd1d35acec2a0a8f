"""What was found about one asset: sentence, picture, number, in that order."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from probity.analysis.models import Assessment, Finding, FindingKind, FindingPicture
from probity.analysis.selectors import assessment_of, findings_of
from probity.evidence.models import Asset
from probity.web.words import sentence_case

STATUS_WORDS = {"ok": "Measured", "abstained": "No answer", "failed": "Did not finish"}
VERDICT_WORDS = {
    "trusted": "Trusted",
    "valid": "Valid",
    "invalid": "Invalid",
    "none": "None present",
}
KIND_WORDS = {
    FindingKind.PROVENANCE: "Provenance",
    FindingKind.MATCH: "Match",
    FindingKind.DETECTOR: "Measurement",
}


@dataclass(frozen=True)
class Number:
    """One figure with its meaning."""

    name: str
    value: str
    meaning: str = ""


@dataclass(frozen=True)
class Shown:
    """One finding as the page shows it; ``mark`` names its icon and colour."""

    id: str
    title: str
    kind: str
    status: str
    status_words: str
    mark: str
    sentence: str
    pictures: list[FindingPicture] = field(default_factory=list)
    numbers: list[Number] = field(default_factory=list)
    verdict: str = ""
    producer: str = ""
    version: str = ""
    ran_on: str = ""
    duration_ms: float = 0
    resources: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class FindingsPage:
    """All findings of an asset and what they say together."""

    findings: list[Shown]
    assessment: Assessment | None


def findings_page(asset: Asset) -> FindingsPage:
    """Gather it: contradictions first, then credentials, then the rest."""
    if asset.sealed:
        return FindingsPage([], None)
    shown = [_shown(row) for row in findings_of(asset)]
    return FindingsPage(
        sorted(shown, key=lambda row: row.mark != "contradiction"), assessment_of(asset)
    )


def _shown(row: Finding) -> Shown:
    verdict = str(row.details.get("verdict", "")) if row.kind == FindingKind.PROVENANCE else ""
    return Shown(
        id=str(row.pk),
        title=row.title,
        kind=KIND_WORDS[FindingKind(row.kind)],
        status=row.status,
        status_words=STATUS_WORDS[row.status],
        mark=_mark(row, verdict),
        sentence=row.sentence,
        pictures=list(row.pictures.all()),
        numbers=_numbers(row),
        verdict=VERDICT_WORDS.get(verdict, ""),
        producer=row.producer,
        version=row.version,
        ran_on=", ".join(part for part in (row.runtime, row.device) if part),
        duration_ms=row.duration_ms,
        resources=row.resources,
    )


def _mark(row: Finding, verdict: str) -> str:
    """``contradiction`` only where a signature and the file disagree."""
    if row.status != "ok":
        return row.status
    if verdict == "invalid":
        return "contradiction"
    return "signed" if verdict in {"valid", "trusted"} else "ok"


def _numbers(row: Finding) -> list[Number]:
    return [
        number
        for number in (_score(row), _llr(row), _errors(row.details.get("error_rates")))
        if number
    ]


def _score(row: Finding) -> Number | None:
    if row.score is None:
        return None
    low_high = row.details.get("score_range") or []
    limits = f"on a scale from {low_high[0]:g} to {low_high[1]:g}" if len(low_high) == 2 else ""
    direction = {
        "higher_is_more_suspicious": "higher is more suspicious",
        "lower_is_more_suspicious": "lower is more suspicious",
    }.get(str(row.details.get("direction", "")), "")
    meaning = sentence_case("; ".join(part for part in (limits, direction) if part))
    return Number("Raw score", f"{row.score:.3g}", meaning)


def _llr(row: Finding) -> Number | None:
    if row.kind != FindingKind.DETECTOR or row.status != "ok":
        return None
    if row.llr is None:
        return Number("Weight of evidence", "not calibrated", "No error rate is known, so it adds "
                      "nothing to the summary.")  # fmt: skip
    side = "for" if row.llr > 0 else "against"
    return Number("Weight of evidence", f"{row.llr:+.2f}", f"Natural logarithm; speaks {side} "
                  "manipulation.")  # fmt: skip


def _errors(rates: Any) -> Number | None:
    if not isinstance(rates, dict) or not rates:
        return None
    words = ", ".join(f"{str(name).replace('_', ' ')} {value}" for name, value in rates.items())
    return Number("Known error rates", words)
