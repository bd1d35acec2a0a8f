"""The list of cases: one short row each, the most urgent first, and why it stands there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode
from uuid import UUID

from django.db.models import Count, Prefetch, Q, QuerySet
from django.utils.translation import gettext

from probity.accounts.models import Person
from probity.cases.access import queues_visible, visible
from probity.cases.board import clocks_nearest
from probity.cases.models import (
    Case,
    CaseClaim,
    CaseState,
    Category,
    EvidenceItem,
    Queue,
    Report,
)
from probity.cases.priority import why_line
from probity.cases.selectors import cases_decided, cases_waiting, counts_up_to, mine
from probity.core.clock import now
from probity.decisions.models import Action
from probity.decisions.selectors import decisions_current
from probity.evidence.models import Derivative
from probity.evidence.selectors import derivatives_concealed
from probity.keeping.selectors import cases_held
from probity.web.language.later import later
from probity.web.language.said import said_in_line
from probity.web.language.tables import CATEGORY_WORDS

from .actions_words import ACTION_WORDS
from .clock import Clock, case_clock

MOST = 50
COUNT_MOST = 999
STATE_WORDS = {
    CaseState.OPEN: later("Waiting"),
    CaseState.IN_REVIEW: later("In review"),
    CaseState.DECIDED: later("Decided"),
    CaseState.MERGED: later("Merged"),
}


@dataclass(frozen=True)
class Tab:
    """One filter of the list. ``count`` is exact up to ``COUNT_MOST``."""

    key: str
    words: str
    count: int
    here: bool
    query: str

    @property
    def count_words(self) -> str:
        """``12``, or ``999+``: counting a million rows would cost more than it tells."""
        return f"{COUNT_MOST}+" if self.count > COUNT_MOST else str(self.count)


@dataclass(frozen=True)
class Row:
    """One case in the list."""

    id: UUID
    number: str
    clock: Clock
    due_for: str
    category: str
    places: str
    state: str
    state_words: str
    holder: str
    mine: bool
    opened_at: datetime
    reports: int
    thumbnail: UUID | None
    sealed: bool
    outcome: str
    demonstration: bool
    legal_hold: bool
    priority: int
    why: str
    queue: str
    escalated: bool
    snoozed_until: datetime | None
    sent_to: str


@dataclass(frozen=True)
class QueuePage:
    """The list with its tabs: which cases, and of which queue."""

    tabs: list[Tab]
    queues: list[Tab]
    rows: list[Row]
    more: bool
    open_count: int

    @property
    def tab(self) -> Tab:
        """The tab that is shown."""
        return next(tab for tab in self.tabs if tab.here)

    @property
    def queue(self) -> str:
        """The key of the queue that is shown; empty for all."""
        return next((tab.key for tab in self.queues if tab.here), "")


def queue_page(*, person: Person, key: str, queue: str = "") -> QueuePage:
    """Gather one tab of one queue, or of all that the person sees.

    ``waiting`` (all undecided), ``open``, ``mine``, ``snoozed`` or ``decided``.
    """
    queues, within = list(queues_visible(person)), visible(person)
    chosen_queue = next((one for one in queues if one.key == queue), None)
    filters = _filters(person, within & Q(queue=chosen_queue) if chosen_queue else within)
    by_queue = _by_queue(queues, within)
    chosen = key if key in filters else "waiting"
    asked = [*(query for _, query in filters.values()), *(query for _, query in by_queue)]
    counts = counts_up_to(asked, most=COUNT_MOST)
    tabs = [
        Tab(name, words, count, name == chosen, _query(name, chosen_queue))
        for (name, (words, _)), count in zip(filters.items(), counts, strict=False)
    ]
    cases = list(_with_files(filters[chosen][1])[: MOST + 1])
    return QueuePage(
        tabs,
        [
            _queue_tab(one, count, here=one == chosen_queue, show=chosen)
            for (one, _), count in zip(by_queue, counts[len(filters) :], strict=True)
        ],
        _rows(cases[:MOST], person),
        more=len(cases) > MOST,
        open_count=next(tab.count for tab in tabs if tab.key == "open"),
    )


def _with_files(cases: QuerySet[Case]) -> QuerySet[Case]:
    items = EvidenceItem.objects.select_related("asset").defer("asset__probe")
    return cases.select_related("queue", "kept_for").prefetch_related(Prefetch("items", items))


def _filters(person: Person, within: Q) -> dict[str, tuple[str, QuerySet[Case]]]:
    waiting = cases_waiting().filter(within)
    return {
        "waiting": (gettext("All undecided"), waiting),
        "open": (
            gettext("Free to take"),
            waiting.filter(state=CaseState.OPEN, snoozed_until=None, kept_for=None),
        ),
        "mine": (gettext("Mine"), waiting.filter(mine(person))),
        "snoozed": (gettext("Put off"), waiting.filter(snoozed_until__isnull=False)),
        "decided": (gettext("Decided"), cases_decided().filter(within)),
    }


def _by_queue(
    queues: list[Queue], within: Q
) -> list[tuple[Queue | None, QuerySet[Case]]]:  # fmt: skip
    """What is undecided in all queues and in each; nothing where there is one queue only."""
    if len(queues) < 2:
        return []
    waiting = cases_waiting().filter(within)
    return [(None, waiting), *((one, waiting.filter(queue=one)) for one in queues)]


def _queue_tab(queue: Queue | None, count: int, *, here: bool, show: str) -> Tab:
    key, words = (queue.key, queue.title) if queue else ("", gettext("All queues"))
    return Tab(key, words, count, here, _query(show, queue))


def _query(show: str, queue: Queue | None) -> str:
    return urlencode({"show": show, **({"queue": queue.key} if queue else {})})


def _rows(cases: list[Case], person: Person) -> list[Row]:
    assets = [item.asset_id for case in cases for item in case.items.all()]
    keys = [case.pk for case in cases]
    found = _Found(
        pictures=derivatives_concealed(assets),
        outcomes={
            case: ACTION_WORDS[Action(row.action)] for case, row in decisions_current(cases).items()
        },
        held=cases_held(keys),
        reports=dict(
            Report.objects.filter(case__in=keys)
            .order_by()
            .values_list("case")
            .annotate(count=Count("pk"))
        ),
        since={key: clock.started_at for key, clock in clocks_nearest(keys).items()},
    )
    return [_row(case, person, found) for case in cases]


def _why(case: Case, found: _Found) -> str:
    """Why it stands where it does; of a demonstration its mark says all there is."""
    since = found.since.get(case.pk)
    return said_in_line(why_line(case.priority_why, since=since, at=now()))


@dataclass(frozen=True)
class _Found:
    """What was read for all rows at once."""

    pictures: dict[str, Derivative]
    outcomes: dict[UUID, str]
    held: set[UUID]
    reports: dict[UUID, int]
    since: dict[UUID, datetime]


def _row(case: Case, person: Person, found: _Found) -> Row:
    claims: list[CaseClaim] = getattr(case, "live_claims", [])
    claim = claims[0] if claims else None
    assets = [item.asset for item in case.items.all()]
    picture = next((found.pictures[one.pk] for one in assets if one.pk in found.pictures), None)
    return Row(
        id=case.pk,
        number=case.label,
        clock=case_clock(case),
        due_for=case.due_for,
        category=CATEGORY_WORDS[Category(case.category)],
        places=", ".join(case.places),
        state=case.state,
        state_words=STATE_WORDS[CaseState(case.state)],
        holder=claim.person.username if claim else "",
        mine=bool(claim and claim.person_id == person.pk) or case.kept_for_id == person.pk,
        opened_at=case.opened_at,
        reports=found.reports.get(case.pk, 0),
        thumbnail=picture.pk if picture else None,
        sealed=any(asset.sealed for asset in assets),
        outcome=found.outcomes.get(case.pk, ""),
        demonstration=bool(case.shown_as),
        legal_hold=case.pk in found.held,
        priority=case.priority,
        why="" if case.shown_as else _why(case, found),
        queue=case.queue.title,
        escalated=case.escalated_at is not None,
        snoozed_until=case.snoozed_until,
        sent_to=case.kept_for.username if case.kept_for else "",
    )
