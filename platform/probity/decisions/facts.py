"""Gathering what is known about a case, each fact with who says so. Unknown stays unknown."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from django.conf import settings

from probity.analysis.selectors import assessment_of
from probity.cases.models import Case, Category, Report
from probity.evidence.models import Asset

from .media_facts import kinds_facts, marks_facts
from .models import RESTRICTIONS, Decision, FactAnswer
from .selectors import decision_current

Value = bool | int | None

#: From here on the evidence counts as "moderately strong" (likelihood ratio 100, ENFSI guideline
#: for evaluative reporting, 2015): enough to put a question to the reviewer.
PROPOSING_LLR = math.log(100)


@dataclass(frozen=True)
class KnownFact:
    """A value and its source: platform, requester, reviewer, detector or provenance."""

    value: Value
    source: str


class Ground:
    """What the facts of a case are taken from; each table is read once, when first asked for."""

    def __init__(self, case: Case) -> None:
        self.case = case

    @cached_property
    def reports(self) -> list[Report]:
        """What was reported, the first one first, with who can be reached and who sent it."""
        return list(self.case.reports.select_related("contact", "sender"))

    @cached_property
    def assets(self) -> list[Asset]:
        """The files."""
        return [item.asset for item in self.case.items.select_related("asset")]

    @cached_property
    def decision(self) -> Decision | None:
        """The decision in force."""
        return decision_current(self.case)

    @cached_property
    def restricted_at(self) -> datetime | None:
        """When the decision in force imposed a restriction; None when it did not."""
        made = self.decision
        if made is None or not made.measures.filter(action__in=RESTRICTIONS).exists():
            return None
        return made.standing.effective_at

    @property
    def requested_at(self) -> datetime | None:
        """When the first request with every statutory element came in; None while none has."""
        moments = [row.request_valid_at for row in self.reports if row.request_valid_at]
        return min(moments, default=None)

    @property
    def confirmed_at(self) -> datetime | None:
        """When somebody who asked as the person shown was first told that the request came in."""
        moments = [row.request_confirmed_at for row in self.reports if row.request_confirmed_at]
        return min(moments, default=None)


def facts_of(case: Case, *, ground: Ground | None = None) -> dict[str, KnownFact]:
    """All that anybody said; a reviewer's answer beats every other source."""
    ground = ground or Ground(case)
    return {
        **_detector(ground), **_provenance(ground), **_platform(ground), **_requester(ground),
        **_reviewer(case),
    }  # fmt: skip


def _platform(ground: Ground) -> dict[str, KnownFact]:
    """What the service knows of itself, of the notice, and of what it did about it."""
    contact = any(report.contact.email for report in ground.reports if hasattr(report, "contact"))
    restricted = ground.restricted_at is not None
    known: dict[str, Value] = {
        **settings.SERVICE_FACTS,
        "notice_received": True,
        "notifier_contact_known": contact,
        "restriction_imposed": restricted,
        "restriction_for_content": True if restricted else None,
        "decision_taken": ground.decision is not None,
        **kinds_facts(ground.assets),
    }
    return {
        name: KnownFact(value, "platform") for name, value in known.items() if value is not None
    }


def _requester(ground: Ground) -> dict[str, KnownFact]:
    facts: dict[str, KnownFact] = {}
    for report in ground.reports:
        if report.category == Category.INTIMATE:
            facts["intimate"] = KnownFact(True, "requester")
        if report.depicted:
            facts["depicts_identifiable_person"] = KnownFact(True, "requester")
            facts["reporter_is_depicted"] = KnownFact(True, "requester")
        facts.update(_said(report))
        if report.request_valid_at:
            facts["request_valid"] = KnownFact(True, "requester")
    return facts


def _said(report: Report) -> dict[str, KnownFact]:
    """What the one who asks states of themselves, and who they are."""
    area = not report.sender or not report.sender.areas or report.category in report.sender.areas
    stated: dict[str, Value] = {
        "consent_to_publication": False if report.no_consent and report.depicted else None,
        "consent_to_creation": False if report.no_consent and report.depicted else None,
        "resident_of_place": report.resident,
        "reporter_has_account": report.has_account,
        "trusted_flagger": True if report.sender_kind == "trusted_flagger" and area else None,
    }
    return {
        name: KnownFact(value, "requester") for name, value in stated.items() if value is not None
    }


def _detector(ground: Ground) -> dict[str, KnownFact]:
    """A calibrated assessment that speaks for synthesis proposes `synthetic`, never more."""
    said = [assessment_of(asset) for asset in ground.assets]
    strongest = max(
        (a.llr for a in said if a and a.status == "ok" and a.llr is not None), default=0
    )
    return {"synthetic": KnownFact(True, "detector")} if strongest >= PROPOSING_LLR else {}


def _provenance(ground: Ground) -> dict[str, KnownFact]:
    """Signed credentials that declare generation propose `synthetic`; a reviewer confirms."""
    marks = marks_facts(ground.assets)
    return {name: KnownFact(value, "provenance") for name, value in marks.items()}


def _reviewer(case: Case) -> dict[str, KnownFact]:
    latest: dict[str, FactAnswer] = {}
    for answer in case.answers.order_by("at"):
        latest[answer.name] = answer
    return {
        name: KnownFact(answer.value, "reviewer")
        for name, answer in latest.items()
        if answer.value is not None
    }
