"""All that is held, asked to go, or due to go."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from uuid import UUID

from django.utils.translation import gettext

from probity.accounts.models import Person
from probity.cases.access import cases_seen
from probity.cases.models import Category
from probity.core.clock import now
from probity.keeping.models import (
    SEALED,
    Anchor,
    CaseCleared,
    ErasureRequest,
    ErasureState,
    LegalHold,
)
from probity.keeping.retention import Preview, retention_preview
from probity.keeping.schedules import Schedule, schedules
from probity.keeping.selectors import (
    NotesWaiting,
    erasures_ended,
    erasures_open,
    holds_open,
    notes_open,
)
from probity.web.language.later import later
from probity.web.language.tables import CATEGORY_WORDS
from probity.web.words import absolute, plural, relative, size

from .case_page import ErasureLine, erasure_line
from .words import hold_sentence

MOST = 200
SHOWN = 20
ANCHOR_WORDS: dict[str, str] = {
    Anchor.DECISION: later("the last decision"),
    Anchor.REPORT: later("the last report"),
}


@dataclass(frozen=True)
class RequestRow:
    """One request in the list; ``late`` once its time is over without a decision."""

    line: ErasureLine
    due: str
    late: bool


@dataclass(frozen=True)
class HoldRow:
    """One standing hold."""

    hold: LegalHold
    sentence: str


@dataclass(frozen=True)
class OverviewPage:
    """Holds, requests, and the cases with notes to look at."""

    notes: list[NotesWaiting]
    holds: list[HoldRow]
    waiting: list[RequestRow]
    working: list[RequestRow]
    ended: list[RequestRow]


def overview_page(person: Person) -> OverviewPage:
    """Gather it, of the cases this person may see."""
    opened = [_row(row) for row in erasures_open(person=person)[:MOST]]
    return OverviewPage(
        notes=notes_open(person=person)[:MOST],
        holds=[HoldRow(row, hold_sentence(row)) for row in holds_open(person=person)[:MOST]],
        waiting=[row for row in opened if row.line.waits],
        working=[row for row in opened if not row.line.waits],
        ended=[_row(row) for row in erasures_ended(person=person)[:SHOWN]],
    )


def _row(request: ErasureRequest) -> RequestRow:
    moment = now()
    late = request.state == ErasureState.ASKED and request.due_at < moment
    due = f"{absolute(request.due_at)}, {relative(request.due_at, moment)}"
    return RequestRow(erasure_line(request), due, late)


@dataclass(frozen=True)
class ScheduleRow:
    """One category's time with its form."""

    schedule: Schedule
    anchor: str
    draft: Mapping[str, str]
    errors: Mapping[str, str]
    preview: Preview | None = None

    @property
    def default(self) -> bool:
        """Whether nobody changed it."""
        return not self.schedule.set_by

    @property
    def said(self) -> str:
        """What would go with the days that were typed."""
        return preview_words(self.preview) if self.preview else ""


@dataclass(frozen=True)
class SchedulesPage:
    """All categories, and what goes tonight."""

    rows: list[ScheduleRow]
    tonight: Preview
    said: str
    more: int
    may_set: bool
    seen: frozenset[UUID] = frozenset()
    anchors: Mapping[str, str] = field(default_factory=lambda: ANCHOR_WORDS)
    cleared: int = 0

    @property
    def shown(self) -> list[tuple[str, str, str, str]]:
        """Id, number, category and since when due, of those that go first."""
        return [
            (
                str(due.case.pk), due.case.label, CATEGORY_WORDS[Category(due.case.category)],
                absolute(due.due_at),
            )
            for due in [one for one in self.tonight.cases if one.case.pk in self.seen][:SHOWN]
        ]  # fmt: skip


def schedules_page(
    *, person: Person, may_set: bool, category: str = "", draft: Mapping[str, str] | None = None,
    errors: Mapping[str, str] | None = None, proposed: Schedule | None = None,
) -> SchedulesPage:  # fmt: skip
    """Gather it; ``proposed`` is previewed beside the one it would replace."""
    now_set = schedules()
    preview = retention_preview(now_set | {proposed.category: proposed}) if proposed else None
    if preview and proposed and proposed.category != SEALED:
        own = [due for due in preview.cases if due.case.category == proposed.category]
        preview = replace(preview, cases=own)
    tonight = retention_preview(now_set)
    return SchedulesPage(
        rows=[
            ScheduleRow(
                row, ANCHOR_WORDS[row.anchor],
                (draft or {}) if name == category else {},
                (errors or {}) if name == category else {},
                preview if name == category else None,
            )
            for name, row in now_set.items()
        ],
        tonight=tonight,
        seen=frozenset(cases_seen(person, (due.case.pk for due in tonight.cases))),
        said=preview_words(tonight),
        more=max(0, len(tonight.cases) - SHOWN),
        may_set=may_set,
        cleared=CaseCleared.objects.count(),
    )  # fmt: skip


def preview_words(preview: Preview) -> str:
    """``3 cases with 4 files (1.4 MB) would go; one stays under a hold.``"""
    cases, files = len(preview.cases), preview.files
    if not cases and not preview.held:
        return gettext("Nothing goes: no decided case is past its time.")
    said = gettext("{cases} would be cleared and {files} ({size}) destroyed.").format(
        cases=plural(cases, "case", "cases"),
        files=plural(files, "file", "files"),
        size=size(preview.bytes),
    )
    if preview.left_to_others:
        said += gettext(" {left_to_others} more stay for other cases that need them.").format(
            left_to_others=preview.left_to_others
        )
    if preview.held:
        said += gettext(" {held} more whose time is over stay under a legal hold.").format(
            held=len(preview.held)
        )
    return said
