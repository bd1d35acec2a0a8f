"""What a run would do to which cases, and which are left out and why. Nothing is written."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from hashlib import sha256
from uuid import UUID

from django.conf import settings

from probity.accounts.models import Person
from probity.cases.access import cases_visible
from probity.cases.handing import legal_warning
from probity.cases.models import IN_ORDER, Case, CaseClaim, CaseState
from probity.core.clock import now
from probity.core.errors import InvalidInput
from probity.decisions.deadlines import concerns
from probity.decisions.models import PENDING, PolicyEvaluation, Standing
from probity.decisions.second_person import reasons_of
from probity.decisions.selectors import evaluation_current, rules_by_id
from probity.keeping.selectors import cases_held
from probity.search.selectors import cases_found

from .asking import Order
from .models import BulkAction

RULED_OUT = frozenset({"does_not_apply", "not_in_force"})


@dataclass(frozen=True)
class Line:
    """One case: ``left_out`` says why it is; ``second`` why a second person must agree first."""

    case: Case
    left_out: str = ""
    second: str = ""


@dataclass(frozen=True)
class Plan:
    """All cases of a run, in their order."""

    lines: Sequence[Line]

    @property
    def chosen(self) -> list[Line]:
        """What the run would act on."""
        return [line for line in self.lines if not line.left_out]

    @property
    def left_out(self) -> list[Line]:
        """What it would leave alone."""
        return [line for line in self.lines if line.left_out]

    @property
    def waiting(self) -> list[Line]:
        """Decisions that would wait for a second person."""
        return [line for line in self.chosen if line.second]

    @property
    def second_needed(self) -> bool:
        """Whether somebody else has to agree to the run as a whole."""
        return len(self.chosen) > settings.BULK_SECOND_ABOVE

    @property
    def mark(self) -> str:
        """Tells whether a plan made again is the one that somebody saw."""
        told = "\n".join(f"{line.case.pk} {line.left_out} {line.second}" for line in self.lines)
        return sha256(told.encode()).hexdigest()[:32]


def plan_make(
    *, order: Order, person: Person, query: str = "", cases: Collection[UUID] = ()
) -> Plan:
    """Plan a run over what a search finds, or over single cases.

    Cases this person may not see are not among them. Raises SearchRefused, and InvalidInput for
    nothing, or for more than ``BULK_MAX`` cases.
    """
    found = _found(query, cases, person)
    if not found:
        raise InvalidInput.of({"cases": "No case was chosen, or the search finds none any more."})
    if len(found) > settings.BULK_MAX:
        raise InvalidInput.of(
            {"cases": f"This is more than {settings.BULK_MAX} cases at once. Narrow the search, or "
                      "take them in parts."}
        )  # fmt: skip
    return Plan(_lines(found, order, person))


def rules_for(case: Case, rules: Sequence[str]) -> list[str]:
    """Those of the rules that a decision of this case may rest on."""
    known = rules_by_id(evaluation_current(case))
    return [rule for rule in rules if rule in known and known[rule]["outcome"] not in RULED_OUT]


@dataclass(frozen=True)
class Offered:
    """A rule that decisions of a run may rest on, and for how many of its cases."""

    id: str
    title: str
    applies: int
    may: int


def rules_offered(
    *, person: Person, query: str = "", cases: Collection[UUID] = ()
) -> list[Offered]:
    """The rules that apply, or may, to cases of a run; those of most cases first.

    A run that is too large to be planned is offered the rules of its first cases. Raises
    SearchRefused.
    """
    found = {case.pk: case for case in _found(query, cases, person)[: settings.BULK_MAX]}
    rows = PolicyEvaluation.objects.filter(case__in=found)
    titles: dict[str, str] = {}
    outcomes: Counter[tuple[str, str]] = Counter()
    for row in rows.order_by("case_id", "-made_at").distinct("case_id").iterator(chunk_size=50):
        for rule in row.result["rules"]:
            if concerns(rule, case=found[row.case_id]):
                titles[rule["id"]] = rule["title"]
                outcomes[rule["id"], rule["outcome"]] += 1
    offered = [
        Offered(key, title, outcomes[key, "applies"], outcomes[key, "unknown"])
        for key, title in titles.items()
    ]
    return sorted(offered, key=lambda rule: (-rule.applies, -rule.may, rule.title))


def _found(query: str, cases: Collection[UUID], person: Person) -> list[Case]:
    most = settings.BULK_MAX + 1
    if cases:
        return list(cases_visible(person).filter(pk__in=list(cases)).order_by(*IN_ORDER)[:most])
    if not query.strip():
        return []
    return list(cases_found(query=query, person=person)[:most])


def _lines(found: Sequence[Case], order: Order, person: Person) -> list[Line]:
    keys = [case.pk for case in found]
    claims = {
        claim.case_id: claim
        for claim in CaseClaim.objects.filter(
            case__in=keys, ended_at=None, until__gte=now()
        ).select_related("person")
    }
    pending = set(
        Standing.objects.filter(case__in=keys, state__in=PENDING).values_list("case", flat=True)
    )
    held = cases_held(keys) if order.action == BulkAction.DECIDE else set()
    return [
        _line(
            case, order, person, claim=claims.get(case.pk), pending=case.pk in pending,
            held=case.pk in held,
        )
        for case in found
    ]  # fmt: skip


def _line(
    case: Case, order: Order, person: Person, *, claim: CaseClaim | None, pending: bool, held: bool
) -> Line:
    if why := _in_the_way(case, order, person, claim=claim, pending=pending, held=held):
        return Line(case, left_out=why)
    if order.action != BulkAction.DECIDE:
        return Line(case, left_out=_of_its_own(case, order, person, claim=claim))
    whys = reasons_of(
        case=case,
        actions=[each.action for each in order.measures],
        rules=rules_for(case, order.rules),
        evaluation=evaluation_current(case),
    )
    if any(each.action == "restrict" and not each.places for each in order.measures) and (
        not case.places
    ):
        return Line(case, left_out="It names no place that a restriction could hold in.")
    return Line(case, second="; ".join(why.because for why in whys))


def _in_the_way(
    case: Case, order: Order, person: Person, *, claim: CaseClaim | None, pending: bool, held: bool
) -> str:
    """What keeps any action from a case; empty when nothing does."""
    if case.state == CaseState.MERGED:
        return "It was merged with another case."
    if case.state == CaseState.DECIDED:
        return "It is decided already."
    if pending:
        return "A decision of it waits, for a second person or for the end of its undo window."
    if claim and claim.person_id != person.pk:
        return f"{claim.person.username} holds it until {claim.until:%H:%M} UTC."
    if case.kept_for_id and case.kept_for_id != person.pk and order.action != BulkAction.RELEASE:
        return "It was sent to a colleague, who has not opened it yet."
    if held:
        return "It is under a legal hold. Decide it by itself."
    return ""


def _of_its_own(case: Case, order: Order, person: Person, *, claim: CaseClaim | None) -> str:
    """What keeps this one action from a case."""
    if order.action == BulkAction.RELEASE and (claim is None or claim.person_id != person.pk):
        return "You do not hold it."
    if order.action == BulkAction.QUEUE and case.queue.key == order.what["queue"]:
        return "It is in this queue already."
    if order.action == BulkAction.SEND and order.what["person"] == str(person.pk):
        return "You cannot send a case to yourself."
    if order.action == BulkAction.SNOOZE:
        warning = legal_warning(case)
        if warning and order.until > warning:
            return f"A legal deadline warns at {warning:%d %B, %H:%M} UTC, before it would be back."
    return ""
