"""Appeals for those who rule on them: the list, and one appeal beside what it contests."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from probity.accounts.models import Person
from probity.accounts.roles import Ability
from probity.audit.models import AuditEvent
from probity.audit.registry import kind
from probity.audit.services import case_chain
from probity.cases.models import Category
from probity.contests.models import Appeal, AppealNote, AppealRuling, AppealState
from probity.contests.selectors import appeals_ended, appeals_open, may_judge
from probity.contests.words import Ground, Outcome, Side
from probity.core.clock import now
from probity.decisions.measures import MANNERS
from probity.decisions.models import Action
from probity.evidence.models import Asset
from probity.web.language.later import later
from probity.web.language.said import said
from probity.web.language.tables import APPEAL_GROUND_WORDS as GROUND_WORDS
from probity.web.language.tables import APPEAL_OUTCOME_WORDS as OUTCOME_WORDS
from probity.web.language.tables import CATEGORY_WORDS
from probity.web.language.tables import MEASURE_NAMES as NAMES
from probity.web.triage.decided import Decided, decided
from probity.web.triage.media_page import MediaPage, media_page
from probity.web.words import span

SIDE_WORDS = {
    Side.UPLOADER: later("Whoever uploaded it"),
    Side.REPORTER: later("Whoever reported it"),
}
KIND_WORDS = {"appeal": later("Appeal"), "counter_notice": later("Counter-notice")}
STATE_WORDS = {
    AppealState.WAITING: later("Waiting"),
    AppealState.TAKEN: later("Taken"),
    AppealState.RULED: later("Ruled on, not in effect yet"),
    AppealState.CLOSED: later("Closed"),
}
SHOWN = 200
NOT_HERE = {Action.NO_ACTION}


@dataclass(frozen=True)
class Line:
    """One appeal of a list."""

    row: Appeal
    kind: str
    side: str
    ground: str
    category: str
    state: str
    holder: str
    left: str
    late: bool
    mine: bool
    forbidden: bool


@dataclass(frozen=True)
class AppealsPage:
    """The overview."""

    open: list[Line]
    ended: list[Line]


@dataclass(frozen=True)
class Step:
    """One event of the timeline."""

    at: datetime
    says: str


def appeals_page(person: Person) -> AppealsPage:
    """What waits, the nearest target first, and what ended last."""
    return AppealsPage(
        open=[line_of(row, person) for row in appeals_open(person)[:SHOWN]],
        ended=[line_of(row, person) for row in appeals_ended(person)[:20]],
    )


def line_of(row: Appeal, person: Person) -> Line:
    """One line."""
    left = row.due_at - now()
    return Line(
        row=row,
        kind=KIND_WORDS[row.kind],
        side=SIDE_WORDS[Side(row.side)],
        ground=GROUND_WORDS[Ground(row.ground)],
        category=CATEGORY_WORDS[Category(row.case.category)],
        state=STATE_WORDS[AppealState(row.state)],
        holder=row.person.username if row.person else "",
        left=span(abs(left)),
        late=row.open and left.total_seconds() < 0,
        mine=row.person_id == person.pk,
        forbidden=not may_judge(row, person),
    )


class AppealPage:
    """One appeal for one person."""

    def __init__(
        self,
        appeal: Appeal,
        *,
        person: Person,
        kept: dict[str, object] | None = None,
        errors: dict[str, str] | None = None,
    ) -> None:
        self.appeal = appeal
        self.person = person
        self.kept = kept or {}
        self.errors = errors or {}

    @cached_property
    def line(self) -> Line:
        """The heading."""
        return line_of(self.appeal, self.person)

    @property
    def contested(self) -> Decided:
        """The decision as it was taken."""
        return decided(self.appeal.decision)

    @cached_property
    def assets(self) -> list[MediaPage]:
        """The files that were there when it was decided, concealed."""
        named = self.appeal.snapshot.get("assets", [])
        rows = {row.pk: row for row in Asset.objects.filter(pk__in=named)}
        return [media_page(rows[pk], revealed=set()) for pk in named if pk in rows]

    @property
    def gone(self) -> int:
        """How many of them were destroyed since."""
        return len(self.appeal.snapshot.get("assets", [])) - len(self.assets)

    @cached_property
    def evidence(self) -> list[MediaPage]:
        """What came with the appeal, concealed."""
        rows = self.appeal.evidence.select_related("item__asset")
        return [media_page(row.item.asset, revealed=set()) for row in rows if row.item]

    @property
    def notes(self) -> list[AppealNote]:
        """What was noted here."""
        return list(self.appeal.notes.select_related("person").order_by("at"))

    @property
    def ruling(self) -> AppealRuling | None:
        """The ruling that stands."""
        return self.appeal.rulings.filter(fell_at=None).select_related("person").first()

    @property
    def outcome(self) -> str:
        """The ruling in a sentence."""
        return OUTCOME_WORDS[Outcome(self.ruling.outcome)] if self.ruling else ""

    @property
    def outcomes(self) -> list[tuple[str, str]]:
        """What may be ruled."""
        return [(one, OUTCOME_WORDS[one]) for one in Outcome]

    @property
    def actions(self) -> list[tuple[str, str, bool]]:
        """What may be done instead: action, words, and whether it needs a place."""
        return [
            (action, NAMES[action], manner.placed)
            for action, manner in MANNERS.items()
            if action not in NOT_HERE
        ]

    @property
    def may_rule(self) -> bool:
        """Whether this person may rule on appeals, and on this one."""
        able = Ability.APPEALS_DECIDE in self.person.abilities
        return able and self.appeal.open and not self.line.forbidden

    @property
    def timeline(self) -> list[Step]:
        """What the log says of this appeal."""
        rows = AuditEvent.objects.filter(
            chain_id=case_chain(self.appeal.case_id), payload__appeal=str(self.appeal.pk)
        ).order_by("seq")
        return [Step(row.at, said(kind(row.name).says)) for row in rows]
