"""A case's known copies: proposals to answer, other cases, what was carried."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from uuid import UUID

from probity.accounts.models import Person
from probity.accounts.roles import Ability
from probity.cases.access import visible
from probity.cases.models import Case, CaseState, EvidenceItem
from probity.cases.selectors import claim_live
from probity.decisions.measures import actions_of
from probity.decisions.models import Action, Decision
from probity.decisions.selectors import decision_current
from probity.evidence.models import Asset
from probity.matching.models import Carry, Cluster, CopySearch, Match
from probity.matching.selectors import (
    answer_of,
    carries_of,
    cluster_of,
    match_sentence,
    matches_touching,
    searches_of,
)
from probity.web.language.said import said_each
from probity.web.triage.actions_words import ACTION_WORDS, headline
from probity.workflow.case_carry import carry_preview, four_eyes_needed
from probity.workflow.case_copies import CopyCase, cases_identical

SHOWN_MOST = 12


@dataclass(frozen=True)
class Proposal:
    """One match of the case's files: why, and what a person said to it."""

    match: Match
    why: str
    cases: list[Case]
    accepted: bool | None

    @property
    def comparable(self) -> bool:
        """Whether both pictures are here to be laid over one another."""
        here = self.match.known_id or (self.match.entry and self.match.entry.asset_id)
        return bool(here) and self.match.signal in {"pdq", "video"}


@dataclass(frozen=True)
class CopiesPart:
    """What the case page shows of known copies."""

    case: Case
    proposals: list[Proposal] = field(default_factory=list)
    same: list[CopyCase] = field(default_factory=list)
    cluster: Cluster | None = None

    @property
    def waiting(self) -> int:
        """Matches that nobody has said anything to."""
        return sum(each.accepted is None for each in self.proposals)

    @property
    def identical_open(self) -> list[CopyCase]:
        """Undecided cases with the very same file."""
        return [each for each in self.same if each.case.state != CaseState.DECIDED]

    def __bool__(self) -> bool:
        return bool(self.proposals or self.same)


def copies_part(case: Case, *, person: Person, assets: Sequence[Asset]) -> CopiesPart:
    """Gather it for a case with these files, without cases this person may not see; sealed files
    are compared by their bytes only."""
    if not assets:
        return CopiesPart(case=case)
    own = {asset.pk for asset in assets}
    matches = matches_touching(own)[:SHOWN_MOST]
    cases = _cases_with({_other(match, own) for match in matches} - {None}, case, person)
    same = cases_identical(case, assets=own, person=person)
    if not matches and not same:
        return CopiesPart(case=case)
    return CopiesPart(
        case=case,
        proposals=[_proposal(match, cases.get(_other(match, own) or "", [])) for match in matches],
        same=same,
        cluster=next((found for asset in assets if (found := cluster_of(asset))), None),
    )


def _proposal(match: Match, cases: list[Case]) -> Proposal:
    answer = answer_of(match)
    return Proposal(
        match, said_each(match_sentence(match)), cases, answer.accepted if answer else None
    )


def _other(match: Match, own: set[str]) -> str | None:
    return match.known_id if match.asset_id in own else match.asset_id


def _cases_with(assets: set[str | None], case: Case, person: Person) -> dict[str, list[Case]]:
    found: dict[str, list[Case]] = {}
    seen = visible(person, through="case")
    rows = EvidenceItem.objects.filter(seen, asset__in=assets).exclude(case=case)
    for item in rows.select_related("case").order_by("added_at"):
        found.setdefault(item.asset_id, []).append(item.case)
    return found


class CarryPage:
    """The preview of carrying a decision to copies, and what was carried before."""

    def __init__(self, case: Case, *, person: Person, left_out: frozenset[UUID] = frozenset()):
        self.case = case
        self.person = person
        self.left_out = left_out

    @cached_property
    def decision(self) -> Decision | None:
        """The decision in force."""
        return decision_current(self.case) if self.case.state == CaseState.DECIDED else None

    @property
    def action_words(self) -> str:
        """What would be carried."""
        return headline(self.decision.measures.all()) if self.decision else ""

    @cached_property
    def copies(self) -> list[CopyCase]:
        """Undecided cases with a copy."""
        return carry_preview(self.case, person=self.person)

    @property
    def ticked(self) -> set[UUID]:
        """What is chosen to begin with: the very same bytes, and what a person called a copy."""
        sure = {each.case.pk for each in self.copies if each.identical or each.accepted}
        return sure - self.left_out

    @property
    def may_wait(self) -> bool:
        """Whether a second person would have to agree if everything was chosen."""
        actions = actions_of(self.decision) if self.decision else []
        return four_eyes_needed(actions=actions, copies=self.copies)

    @property
    def held(self) -> dict[UUID, str]:
        """Who holds which of the cases: their decision is theirs."""
        claims = {each.case.pk: claim_live(each.case) for each in self.copies}
        return {key: claim.person.username for key, claim in claims.items() if claim}

    @cached_property
    def searches(self) -> list[CopySearch]:
        """The efforts made so far."""
        return searches_of(self.case.pk)

    @cached_property
    def carries(self) -> list[Told]:
        """What was proposed, the latest first."""
        return [Told(carry, self.person) for carry in carries_of(self.case.pk)]

    @property
    def may_work(self) -> bool:
        """Whether this person may carry."""
        return Ability.CASES_WORK in self.person.abilities


class Told:
    """One proposal in words."""

    def __init__(self, carry: Carry, person: Person) -> None:
        self.carry = carry
        self.action = ACTION_WORDS[Action(carry.action)]
        targets = list(carry.targets.all())
        named = Case.objects.filter(visible(person), pk__in=[t.case for t in targets])
        numbers = {case.pk: case for case in named}
        self.chosen = [(numbers.get(t.case), t) for t in targets if t.chosen]
        self.left_out = [(numbers.get(t.case), t) for t in targets if not t.chosen]
        self.mine_to_settle = not carry.ended_at and carry.proposer_id != person.pk
