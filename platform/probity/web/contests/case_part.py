"""The case page's part on contests: appeals, and what a person may find manifest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext

from probity.accounts.models import Person
from probity.cases.models import Case, Report
from probity.contests.models import Manifest
from probity.contests.records import Record, record_of_reporter
from probity.contests.selectors import appeals_of
from probity.contests.words import Misuse
from probity.decisions.models import Action
from probity.decisions.selectors import decision_current
from probity.web.language.tables import MISUSE_WORDS
from probity.web.words import absolute

from .appeal_page import Line, line_of


@dataclass(frozen=True)
class Choice:
    """Something that may be found manifest: what is posted, and in words."""

    value: str
    words: str


@dataclass(frozen=True)
class CaseContests:
    """The part."""

    case: Case
    appeals: list[Line]
    found: list[tuple[Manifest, str]]
    choices: list[Choice]
    records: list[tuple[str, Record]]


def case_contests(case: Case, person: Person, *, reports: Sequence[Report]) -> CaseContests:
    """Gather it."""
    found = list(case.manifests.filter(withdrawn_at=None).select_related("person"))
    known = {str(row.subject) for row in found}
    return CaseContests(
        case=case,
        appeals=[line_of(row, person) for row in appeals_of(case)],
        found=[(row, MISUSE_WORDS[Misuse(row.kind)]) for row in found],
        choices=[
            choice
            for choice in _choices(case, reports)
            if choice.value.partition(":")[2] not in known
        ],
        records=_records(reports),
    )


def _choices(case: Case, reports: Sequence[Report]) -> list[Choice]:
    """A decision in force against a known uploader, and reports whose sender is known."""
    found = []
    decision = decision_current(case) if case.uploader_id else None
    if decision and decision.action != Action.NO_ACTION:
        words = gettext("The content was manifestly illegal: counts for whoever uploaded it")
        found.append(Choice(f"{Misuse.ILLEGAL_CONTENT}:{decision.pk}", words))
    for report in reports:
        contact = getattr(report, "contact", None)
        if report.sender_id or (contact and contact.email):
            when = absolute(report.received_at)
            words = gettext(
                "The report of {when} was manifestly unfounded: counts for whoever sent it"
            ).format(when=when)
            found.append(Choice(f"{Misuse.UNFOUNDED_NOTICE}:{report.pk}", words))
    return found


def _records(reports: Sequence[Report]) -> list[tuple[str, Record]]:
    """Each sender's record once, by when they reported; nobody is named but organisations."""
    lines: list[tuple[str, Record]] = []
    for report in reports[:20]:
        record = record_of_reporter(report)
        if record is not None and record.received > 1:
            name = report.sender.name if report.sender else gettext("Whoever reported")
            lines.append((f"{name}, {absolute(report.received_at)}", record))
    return lines
