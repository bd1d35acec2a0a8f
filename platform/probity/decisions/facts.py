"""Gathering what is known about a case, each fact with who says so. Unknown stays unknown."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings

from probity.analysis.selectors import credentials_ai_use
from probity.cases.models import Case, Category

from .models import FactAnswer

Value = bool | int | None


@dataclass(frozen=True)
class KnownFact:
    """A value and its source: platform, requester, reviewer, detector or provenance."""

    value: Value
    source: str


def facts_of(case: Case) -> dict[str, KnownFact]:
    """All that anybody said; a reviewer's answer beats every other source."""
    return {**_platform(), **_requester(case), **_provenance(case), **_reviewer(case)}


def _platform() -> dict[str, KnownFact]:
    said = settings.COVERED_PLATFORM.lower()
    if said not in {"true", "false"}:
        return {}
    return {"covered_platform": KnownFact(said == "true", "platform")}


def _requester(case: Case) -> dict[str, KnownFact]:
    facts: dict[str, KnownFact] = {}
    for report in case.reports.all():
        if report.category == Category.INTIMATE:
            facts["intimate"] = KnownFact(True, "requester")
        if report.depicted:
            facts["depicts_identifiable_person"] = KnownFact(True, "requester")
        if _elements_complete(case):
            facts["request_valid"] = KnownFact(True, "requester")
    return facts


def _elements_complete(case: Case) -> bool:
    """Signature, location, good-faith statement and contact (47 U.S.C. 223a(a)(1))."""
    return any(
        report.good_faith
        and report.depicted
        and report.signed
        and report.url
        and bool(getattr(report, "contact", None) and report.contact.email)
        for report in case.reports.select_related("contact")
    )


def _provenance(case: Case) -> dict[str, KnownFact]:
    """Signed credentials that declare generation propose `synthetic`; a reviewer confirms."""
    uses = {credentials_ai_use(item.asset) for item in case.items.select_related("asset")}
    return {"synthetic": KnownFact(True, "provenance")} if "generated" in uses else {}


def _reviewer(case: Case) -> dict[str, KnownFact]:
    latest: dict[str, FactAnswer] = {}
    for answer in case.answers.order_by("at"):
        latest[answer.name] = answer
    return {
        name: KnownFact(answer.value, "reviewer")
        for name, answer in latest.items()
        if answer.value is not None
    }
