"""What waits for a second person, the oldest first."""

from __future__ import annotations

from dataclasses import dataclass

from probity.accounts.models import Person
from probity.accounts.roles import Ability
from probity.cases.access import visible
from probity.cases.models import Case, Category
from probity.decisions.models import Decision, DecisionState
from probity.web.language.tables import CATEGORY_WORDS

from .clock import Clock, case_clock
from .decided import Decided, decided
from .seal_page import lifts_waiting


@dataclass(frozen=True)
class Held:
    """One decision that waits."""

    case: Case
    category: str
    clock: Clock
    told: Decided
    own: bool


@dataclass(frozen=True)
class ApprovalsPage:
    """All that wait in cases that this person may see, and how many seals they may settle."""

    rows: list[Held]
    seals: int

    @property
    def others(self) -> int:
        """How many this person can settle."""
        return sum(not row.own for row in self.rows)


def approvals_page(person: Person) -> ApprovalsPage:
    """Gather it."""
    found = (
        Decision.objects.filter(visible(person, through="case"), standing__state=DecisionState.HELD)
        .select_related("case", "person", "standing", "evaluation")
        .prefetch_related("measures")
        .order_by("at")
    )
    return ApprovalsPage(
        [
            Held(
                case=row.case,
                category=CATEGORY_WORDS[Category(row.case.category)],
                clock=case_clock(row.case),
                told=decided(row, deliveries={}),
                own=row.person_id == person.pk,
            )
            for row in found
        ],
        seals=len(lifts_waiting(person)) if Ability.SEALS_LIFT in person.abilities else 0,
    )
