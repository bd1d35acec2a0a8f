"""What was found about one asset: sentence, picture, number, in that order."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext

from probity.analysis.engines import detectors_evidence
from probity.analysis.models import Finding, FindingKind, FindingPicture
from probity.analysis.selectors import assessment_of, findings_of, provenance_of
from probity.evidence.models import Asset
from probity.insight.precision import Tally, tallies_of
from probity.web.credentials.view import ProvenanceView
from probity.web.language.later import later
from probity.web.words import sentence_case

from .together import Together, together

STATUS_WORDS = {
    "ok": later("Measured"),
    "abstained": later("No answer"),
    "failed": later("Did not finish"),
}
VERDICT_WORDS = {
    "trusted": later("Trusted"),
    "valid": later("Valid"),
    "invalid": later("Invalid"),
    "none": later("None present"),
}
SAYS_MORE = ("camera", "generator", "software", "edit_software", "encoder", "fields")
KIND_WORDS = {
    FindingKind.PROVENANCE: later("Provenance"),
    FindingKind.MATCH: later("Match"),
    FindingKind.DETECTOR: later("Measurement"),
}


EVIDENCE_WORDS = {
    "semantic": later("Origin and context"),
    "digital": later("Pixels, samples and encoding"),
    "physical": later("Light, bodies and rooms"),
}
"""The kinds of evidence, in the order in which they are shown."""


@dataclass(frozen=True)
class Number:
    """One figure with its meaning."""

    name: str
    value: str
    meaning: str = ""


@dataclass(frozen=True)
class Shown:
    """One finding as the page shows it; ``mark`` names its icon and colour, ``card`` the detector
    whose card tells more about it (empty where there is none)."""

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
    opens: str = ""
    evidence: str = "semantic"
    card: str = ""


@dataclass(frozen=True)
class Group:
    """The findings of one kind of evidence."""

    key: str
    words: str
    findings: list[Shown]


@dataclass(frozen=True)
class FindingsPage:
    """All findings of an asset and what they say together."""

    findings: list[Shown]
    together: Together | None
    provenance: ProvenanceView | None = None

    @property
    def groups(self) -> list[Group]:
        """The findings by kind of evidence; a kind without findings is left out."""
        found = [
            Group(key, words, [row for row in self.findings if row.evidence == key])
            for key, words in EVIDENCE_WORDS.items()
        ]
        return [group for group in found if group.findings]


def findings_page(asset: Asset, *, category: str = "") -> FindingsPage:
    """Gather it: contradictions first, then credentials, then the rest. With a ``category`` each
    detector also says how often people agreed with it in decided cases of it."""
    if asset.sealed:
        return FindingsPage([], None)
    rows = findings_of(asset)
    named = {row.producer for row in rows if row.kind == FindingKind.DETECTOR}
    evidence = detectors_evidence(named)
    here = tallies_of(category) if category and named else {}
    order = {"contradiction": 0, "warn": 1}
    shown = sorted(
        (
            _shown(row, evidence=evidence.get(row.producer), here=here.get(row.producer))
            for row in rows
        ),
        key=lambda row: order.get(row.mark, 2),
    )
    said = together(assessment_of(asset), titles={row.producer: row.title for row in rows})
    return FindingsPage(shown, said, _provenance(rows))


def _evidence(row: Finding, told: str | None) -> str:
    """What a detector's card calls its evidence; digital where the card is gone."""
    if row.kind != FindingKind.DETECTOR:
        return "semantic"
    return told or "digital"


def _provenance(rows: list[Finding]) -> ProvenanceView | None:
    told = provenance_of(rows)
    if told.credentials is None:
        return None
    return ProvenanceView(
        credentials=told.credentials,
        metadata=told.metadata,
        contradictions=list(told.contradictions),
        watermarks=list(told.watermarks) if told.watermarks is not None else None,
    )


def _shown(row: Finding, *, evidence: str | None = None, here: Tally | None = None) -> Shown:
    verdict = str(row.details.get("verdict", "")) if row.kind == FindingKind.PROVENANCE else ""
    return Shown(
        id=str(row.pk),
        title=row.title,
        kind=KIND_WORDS[FindingKind(row.kind)],
        status=row.status,
        status_words=STATUS_WORDS[row.status],
        mark=_mark(row, verdict),
        sentence=row.sentence,
        pictures=[one for one in row.pictures.all() if one.derivative.destroyed_at is None],
        numbers=[*_numbers(row), *_agreed(here)],
        verdict=VERDICT_WORDS.get(verdict, ""),
        producer=row.producer,
        version=row.version,
        ran_on=", ".join(part for part in (row.runtime, row.device) if part),
        duration_ms=row.duration_ms,
        resources=row.resources,
        opens=_opens(row),
        evidence=_evidence(row, evidence),
        card=row.producer if evidence else "",
    )


def _opens(row: Finding) -> str:
    """Which part of the provenance view belongs under this finding."""
    if row.status == "failed":
        return ""
    parts = {
        "provenance.credentials": "credentials" if row.details.get("tree") else "",
        "provenance.metadata": "metadata" if any(map(row.details.get, SAYS_MORE)) else "",
        "provenance.watermarks": "watermarks" if row.details.get("watermarks") else "",
        "provenance.contradictions": "contradictions" if row.details.get("contradictions") else "",
    }
    return parts.get(row.producer, "")


def _mark(row: Finding, verdict: str) -> str:
    """``contradiction`` only where a signature and the file, or two strong sources, disagree."""
    if row.status != "ok":
        return row.status
    found = row.details.get("contradictions")
    if row.producer == "provenance.contradictions" and found:
        return "contradiction" if any(one["weight"] == "strong" for one in found) else "warn"
    if verdict == "invalid":
        return "contradiction"
    return "signed" if verdict in {"valid", "trusted"} else "ok"


def _numbers(row: Finding) -> list[Number]:
    return [
        number
        for number in (_score(row), _apart(row), _llr(row), _errors(row.details.get("error_rates")))
        if number
    ]


def _agreed(here: Tally | None) -> list[Number]:
    """How often people agreed with it here; nothing while the cases are too few."""
    if here is None or not here.sentence:
        return []
    return [
        Number(
            gettext("Decided here"),
            here.sentence,
            gettext("Beside the calibration, never part of it."),
        )
    ]


def _score(row: Finding) -> Number | None:
    if row.score is None:
        return None
    low_high = row.details.get("score_range") or []
    limits = (
        gettext("on a scale from {low_high:g} to {low_high_2:g}").format(
            low_high=low_high[0], low_high_2=low_high[1]
        )
        if len(low_high) == 2
        else ""
    )
    direction = {
        "higher_is_more_suspicious": gettext("higher is more suspicious"),
        "lower_is_more_suspicious": gettext("lower is more suspicious"),
    }.get(str(row.details.get("direction", "")), "")
    meaning = sentence_case("; ".join(part for part in (limits, direction) if part))
    return Number(gettext("Raw score"), f"{row.score:.3g}", meaning)


def _apart(row: Finding) -> Number | None:
    if row.score is None or row.details.get("better_than_chance") is not False:
        return None
    return Number(
        gettext("Told apart"),
        gettext("no better than chance"),
        gettext(
            "On our test files the score did not rank altered ones above genuine "
            "ones reliably. Look "
            "at what is marked; the score says nothing by itself."
        ),
    )


def _llr(row: Finding) -> Number | None:
    if row.kind != FindingKind.DETECTOR or row.status != "ok":
        return None
    if row.llr is None:
        return Number(
            gettext("Weight of evidence"),
            gettext("not calibrated"),
            gettext("No error rate is known, so it adds nothing to the summary."),
        )
    side = (
        gettext("Natural logarithm; speaks for manipulation.")
        if row.llr > 0
        else gettext("Natural logarithm; speaks against manipulation.")
    )
    return Number(gettext("Weight of evidence"), f"{row.llr:+.2f}", side)


def _errors(rates: Any) -> Number | None:
    if not isinstance(rates, dict) or not rates:
        return None
    words = ", ".join(f"{str(name).replace('_', ' ')} {value}" for name, value in rates.items())
    return Number(gettext("Known error rates"), words)
