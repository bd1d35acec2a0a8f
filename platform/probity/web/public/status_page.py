"""What a reporter may know: how far the matter is and what was decided, nothing about anybody."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext

from probity.analysis.selectors import progress_of
from probity.cases.models import CaseState, Category, Report
from probity.cases.selectors import claim_live
from probity.decisions.models import Action
from probity.decisions.selectors import decision_current
from probity.keeping.models import ErasureState
from probity.notices.models import Party
from probity.web.keeping.words import STATE_WORDS, covers, outcome
from probity.web.language.tables import CATEGORY_WORDS
from probity.web.language.tables import MEASURE_SENTENCES as MEASURES
from probity.web.notices.private_page import AppealDoor, Letter, appeal_door, reporter_letters


@dataclass(frozen=True)
class Step:
    """One station: ``done``, ``now`` or ``next``."""

    state: str
    title: str
    sentence: str
    at: datetime | None = None


@dataclass(frozen=True)
class Erasure:
    """One request for erasure, as the reporter reads it."""

    asked_at: datetime
    what: str
    state: str
    outcome: str
    open: bool


@dataclass(frozen=True)
class StatusPage:
    """A report's way, in four steps."""

    number: str
    category: str
    received_at: datetime
    steps: list[Step]
    decided: bool
    has_file: bool
    erasures: list[Erasure]
    may_ask: bool
    letters: list[Letter]
    door: AppealDoor | None


def status_page(report: Report, *, token: str) -> StatusPage:
    """Gather it."""
    case = report.case
    decided = case.state == CaseState.DECIDED
    has_file = case.items.exists()
    asked = [
        Erasure(row.asked_at, covers(row), STATE_WORDS[ErasureState(row.state)], outcome(row),
                row.ended_at is None)
        for row in report.erasures.all()
    ]  # fmt: skip
    return StatusPage(
        number=case.label,
        category=CATEGORY_WORDS[Category(report.category)],
        received_at=report.received_at,
        steps=[_received(report), _measured(report), _reviewed(report), _decided(report)],
        decided=decided,
        has_file=has_file,
        erasures=asked,
        may_ask=not report_erased(report) and not any(row.open for row in asked),
        letters=reporter_letters(report),
        door=appeal_door(decision_current(case), to=Party.REPORTER, token=token, report=report),
    )


def report_erased(report: Report) -> bool:
    """Whether nothing of what the reporter said is left."""
    return not (report.explanation or report.url or report.salts)


def _received(report: Report) -> Step:
    kept = gettext("Your report is kept safely.")
    said = gettext("What you said in it was erased.") if report_erased(report) else kept
    return Step("done", gettext("Received"), said, report.received_at)


def _measured(report: Report) -> Step:
    title = gettext("Looked at by machines")
    state = progress_of(report.case_id).state
    if state in {"none", "cancelled"}:
        return Step("done", title, gettext("Not needed here: no file is being opened."))
    if state in {"waiting", "running"} and report.case.state != CaseState.DECIDED:
        return Step(
            "now", title, gettext("Measurements are being taken. They only help the person.")
        )
    return Step(
        "done", title, gettext("Finished. The measurements only help the person who decides.")
    )


def _reviewed(report: Report) -> Step:
    case = report.case
    if case.state == CaseState.DECIDED:
        return Step("done", gettext("With a reviewer"), gettext("A person looked at your report."))
    if claim_live(case):
        return Step(
            "now", gettext("With a reviewer"), gettext("A person is looking at your report now.")
        )
    return Step(
        "next",
        gettext("With a reviewer"),
        gettext("Your report waits for a person. Urgent ones go first."),
    )


def _decided(report: Report) -> Step:
    decision = decision_current(report.case)
    if report.case.state == CaseState.DECIDED and decision:
        return Step("done", gettext("Decided"), MEASURES[Action(decision.action)], decision.at)
    if decision:
        return Step(
            "next", gettext("Decided"), gettext("The first decision is being looked at again.")
        )
    return Step("next", gettext("Decided"), gettext("You will see here what was decided."))
