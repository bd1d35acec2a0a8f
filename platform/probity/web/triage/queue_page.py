"""The list of cases: one short row each, the nearest deadline first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from probity.accounts.models import Person
from probity.cases.models import CATEGORY_WORDS, Case, CaseClaim, CaseState, Category
from probity.cases.selectors import cases_decided, cases_waiting, claims_live
from probity.decisions.models import Action
from probity.decisions.selectors import decisions_current
from probity.evidence.models import Derivative
from probity.evidence.selectors import derivatives_concealed
from probity.keeping.selectors import cases_held

from .actions_words import ACTION_WORDS
from .clock import Clock, case_clock

MOST = 200
STATE_WORDS = {
    CaseState.OPEN: "Waiting",
    CaseState.IN_REVIEW: "In review",
    CaseState.DECIDED: "Decided",
}


@dataclass(frozen=True)
class Tab:
    """One filter of the list."""

    key: str
    words: str
    count: int
    here: bool


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


@dataclass(frozen=True)
class QueuePage:
    """The list with its tabs."""

    tabs: list[Tab]
    rows: list[Row]
    more: int
    open_count: int

    @property
    def tab(self) -> Tab:
        """The tab that is shown."""
        return next(tab for tab in self.tabs if tab.here)


def queue_page(*, person: Person, key: str) -> QueuePage:
    """Gather one tab: ``waiting`` (all undecided), ``open``, ``mine`` or ``decided``."""
    filters: dict[str, tuple[str, QuerySet[Case]]] = {
        "waiting": ("All undecided", cases_waiting()),
        "open": ("Held by nobody", cases_waiting().filter(state=CaseState.OPEN)),
        "mine": ("Mine", cases_waiting().filter(pk__in=claims_live(person).values("case"))),
        "decided": ("Decided", cases_decided()),
    }
    chosen = key if key in filters else "waiting"
    counts = {name: query.count() for name, (_, query) in filters.items()}
    tabs = [Tab(name, words, counts[name], name == chosen) for name, (words, _) in filters.items()]
    cases = list(filters[chosen][1].prefetch_related("items__asset", "reports")[:MOST])
    return QueuePage(
        tabs, _rows(cases, person), max(0, counts[chosen] - MOST), open_count=counts["open"]
    )


def _rows(cases: list[Case], person: Person) -> list[Row]:
    assets = [item.asset_id for case in cases for item in case.items.all()]
    pictures = derivatives_concealed(assets)
    decisions = decisions_current(cases)
    outcomes = {case: ACTION_WORDS[Action(row.action)] for case, row in decisions.items()}
    held = cases_held([case.pk for case in cases])
    return [
        _row(case, person, pictures, outcomes.get(case.pk, ""), legal_hold=case.pk in held)
        for case in cases
    ]


def _row(
    case: Case, person: Person, pictures: dict[str, Derivative], outcome: str, *, legal_hold: bool
) -> Row:
    claims: list[CaseClaim] = getattr(case, "live_claims", [])
    claim = claims[0] if claims else None
    assets = [item.asset for item in case.items.all()]
    picture = next((pictures[asset.pk] for asset in assets if asset.pk in pictures), None)
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
        mine=bool(claim and claim.person_id == person.pk),
        opened_at=case.opened_at,
        reports=len(case.reports.all()),
        thumbnail=picture.pk if picture else None,
        sealed=any(asset.sealed for asset in assets),
        outcome=outcome,
        demonstration=bool(case.demonstration),
        legal_hold=legal_hold,
    )
