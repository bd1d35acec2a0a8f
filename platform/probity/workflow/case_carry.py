"""Carrying a decision to known copies: after a preview, case by case, with four eyes where the
action needs them."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from django.conf import settings
from django.db import transaction

from probity.accounts.actors import Actor
from probity.accounts.models import Person
from probity.accounts.roles import Ability
from probity.audit.services import case_chain, event_append
from probity.cases.models import Case, CaseState
from probity.cases.selectors import case_find
from probity.core.clock import now
from probity.core.errors import Conflict, InvalidInput, NotAllowed, Refusal
from probity.decisions.measures import actions_of, measures_again
from probity.decisions.models import Decision
from probity.decisions.selectors import decision_current, evaluation_current, rules_by_id
from probity.matching.models import Carry, CarryTarget

from .case_copies import CopyCase, cases_alike, copies_search
from .case_decide import case_decide

RULED_OUT = {"does_not_apply", "not_in_force"}


def carry_preview(case: Case, *, person: Person | None = None) -> list[CopyCase]:
    """The undecided cases that a decision could be carried to, of those this person may see."""
    alike = cases_alike(case, person=person)
    return [each for each in alike if each.case.state != CaseState.DECIDED]


def four_eyes_needed(*, actions: Collection[str], copies: Collection[CopyCase]) -> bool:
    """Whether a second person has to agree: for the actions that the operator named, as soon as one
    copy is not the very same bytes and so rests on judgement.

    What needs a second person in the copy's own case waits for one there too.
    """
    named = not set(settings.FOUR_EYES_ACTIONS).isdisjoint(actions)
    return named and any(not each.identical for each in copies)


@transaction.atomic
def carry_propose(*, case: Case, chosen: Collection[UUID], actor: Actor) -> Carry:
    """Look for copies anew, and carry the decision in force to the chosen cases among them; the
    others are written down as left out. Where a second person has to agree, it only waits for them.

    Raises Conflict without a decision in force or when a chosen case is no longer among the copies,
    InvalidInput when nothing was chosen, NotAllowed.
    """
    person = actor.require_person(Ability.CASES_WORK)
    if case.demonstration:
        raise Conflict("What is decided here is carried nowhere: this case stays by itself.")
    search = copies_search(case=case, actor=actor)
    decision = decision_current(case)
    if decision is None or case_find(case.pk).state != CaseState.DECIDED:
        raise Conflict("Decide this case first; then its decision can be carried to copies.")
    if not chosen:
        raise InvalidInput("Choose at least one copy to carry the decision to.")
    copies = carry_preview(case, person=person)
    if missing := set(chosen) - {each.case.pk for each in copies}:
        raise Conflict(
            f"{len(missing)} of the chosen cases changed meanwhile. Look at the list again; "
            "nothing was carried."
        )
    picked = [each for each in copies if each.case.pk in chosen]
    carry = Carry.objects.create(
        case=case.pk, decision=decision.pk, action=decision.action, search=search,
        four_eyes=four_eyes_needed(actions=actions_of(decision), copies=picked),
        proposer=person, proposed_at=now(),
    )  # fmt: skip
    CarryTarget.objects.bulk_create(
        CarryTarget(
            carry=carry, case=each.case.pk, asset_id=each.asset, chosen=each in picked,
            identical=each.identical, distance=each.distance,
        )
        for each in copies
    )  # fmt: skip
    payload = {
        "carry": str(carry.pk),
        "decision": str(decision.pk),
        "action": decision.action,
        "chosen": len(picked),
        "left_out": len(copies) - len(picked),
        "four_eyes": carry.four_eyes,
    }
    _said("carry.proposed", case.pk, actor, payload)
    return carry if carry.four_eyes else _carried(carry, decision=decision, actor=actor)


@transaction.atomic
def carry_agree(*, carry: Carry, actor: Actor) -> Carry:
    """The second pair of eyes agrees, and the decision is carried. Raises Conflict, NotAllowed."""
    locked, person = _waiting(carry, actor)
    decision = Decision.objects.get(pk=locked.decision)
    current = decision_current(decision.case)
    if current is None or current.pk != decision.pk:
        raise Conflict("The case was decided anew since. Refuse this, and propose it again.")
    locked.second = person
    return _carried(locked, decision=decision, actor=actor)


@transaction.atomic
def carry_refuse(*, carry: Carry, actor: Actor) -> Carry:
    """Somebody else says no: nothing is carried. Raises Conflict, NotAllowed."""
    locked, person = _waiting(carry, actor)
    locked.second = person
    return _ended(locked, outcome="refused", actor=actor)


def _waiting(carry: Carry, actor: Actor) -> tuple[Carry, Person]:
    person = actor.require_person(Ability.CASES_WORK)
    Case.objects.select_for_update().get(pk=carry.case)
    locked = Carry.objects.select_for_update().get(pk=carry.pk)
    if locked.ended_at:
        raise Conflict("This was settled already.")
    if locked.proposer_id == person.pk:
        raise NotAllowed("Somebody else has to look at this: you proposed it yourself.")
    return locked, person


def _carried(carry: Carry, *, decision: Decision, actor: Actor) -> Carry:
    """Decide each chosen case; one that refuses keeps its trouble, and the others go on."""
    targets = list(carry.targets.filter(chosen=True).order_by("case"))
    # in one order, or two who carry at once would wait for each other
    list(Case.objects.select_for_update().filter(pk__in=[t.case for t in targets]).order_by("pk"))
    for target in targets:
        try:
            with transaction.atomic():
                target.decision = _decided(target, decision=decision, actor=actor).pk
        except Refusal as refusal:
            target.trouble = refusal.sentence
        target.save(update_fields=["decision", "trouble"])
    return _ended(carry, outcome="carried", actor=actor)


def _decided(target: CarryTarget, *, decision: Decision, actor: Actor) -> Decision:
    case = case_find(target.case)
    known = rules_by_id(evaluation_current(case))
    rules = [
        rule for rule in decision.rules if rule in known and known[rule]["outcome"] not in RULED_OUT
    ]
    made = case_decide(
        case=case, measures=measures_again(decision), reason=decision.reason, rules=rules,
        actor=actor, carried_from=str(decision.case_id),
    )  # fmt: skip
    payload = {
        "carry": str(target.carry_id),
        "from_case": str(decision.case_id),
        "identical": target.identical,
        "distance": target.distance,
    }
    _said("carry.received", case.pk, actor, payload)
    return made


def _ended(carry: Carry, *, outcome: str, actor: Actor) -> Carry:
    carry.outcome, carry.ended_at = outcome, now()
    carry.save(update_fields=["outcome", "ended_at", "second"])
    targets = carry.targets.filter(chosen=True)
    done = targets.exclude(decision=None).count()
    failed = 0 if outcome == "refused" else targets.filter(decision=None).count()
    payload = {"carry": str(carry.pk), "outcome": outcome, "carried": done, "failed": failed}
    _said("carry.ended", carry.case, actor, payload)
    return carry


def _said(name: str, case: UUID, actor: Actor, payload: dict[str, object]) -> None:
    event_append(chain=case_chain(case), name=name, actor=actor.name, payload=payload)
