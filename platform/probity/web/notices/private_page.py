"""What somebody reads on their private page: what was decided, and the exact words sent to them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.urls import NoReverseMatch, reverse

from probity.cases.models import Case, Report
from probity.contests.selectors import appeals_by
from probity.core.clock import now
from probity.decisions.models import Decision
from probity.decisions.selectors import decision_current
from probity.notices.kinds import Kind
from probity.notices.languages import NAMES, language_of
from probity.notices.models import Notice, Party
from probity.notices.selectors import appeal_until, notices_told

from .letter import Block, letter_blocks
from .words import kind_words


@dataclass(frozen=True)
class Letter:
    """One notice as its reader sees it; ``erased`` when its words are gone."""

    title: str
    language: str
    language_name: str
    at: datetime
    blocks: list[Block]
    erased: bool
    mailed: bool


@dataclass(frozen=True)
class AppealDoor:
    """Where a complaint is made, and until when; no address where none can be made here.

    ``sent``: one was made already; the address says what became of it.
    """

    address: str
    until: datetime
    open: bool
    sent: bool = False


@dataclass(frozen=True)
class UploaderPage:
    """The uploader's page."""

    number: str
    language: str
    statement: Letter | None
    letters: list[Letter]
    door: AppealDoor | None


def uploader_page(case: Case, *, token: str) -> UploaderPage:
    """Gather it: the latest statement first, then everything else that was sent."""
    rows = list(notices_told(case=case, to=Party.UPLOADER))
    statement = next((row for row in rows if row.kind == Kind.STATEMENT), None)
    others = [row for row in rows if row is not statement]
    language = language_of(case.uploader.language if case.uploader else "", case.language)
    return UploaderPage(
        number=case.label,
        language=language,
        statement=letter_of(statement) if statement else None,
        letters=letters_of(others),
        door=appeal_door(decision_current(case), to=Party.UPLOADER, token=token),
    )


def reporter_letters(report: Report) -> list[Letter]:
    """What was sent to a reporter, the latest first."""
    return letters_of(notices_told(case=report.case, to=Party.REPORTER, report=report))


def letters_of(rows: Iterable[Notice]) -> list[Letter]:
    """Notices as letters."""
    return [letter_of(row) for row in rows]


def letter_of(row: Notice) -> Letter:
    """One notice as a letter."""
    return Letter(
        title=row.subject or kind_words(row.kind),
        language=row.language,
        language_name=NAMES.get(row.language, row.language),
        at=row.at,
        blocks=letter_blocks(row.text),
        erased=row.forgotten_at is not None,
        mailed=row.message_id is not None,
    )


def appeal_door(
    decision: Decision | None, *, to: Party, token: str, report: Report | None = None
) -> AppealDoor | None:
    """The way to complain about the decision in force; None before anything was told."""
    if decision is None:
        return None
    until = appeal_until(decision=decision, to=to, report=report)
    if until is None:
        return None
    try:
        address = reverse("appeal-new", args=[token])
    except NoReverseMatch:
        address = ""
    sent = appeals_by(decision.case, report=report).filter(decision=decision).exists()
    return AppealDoor(address, until, now() <= until, sent)
