"""What a reviewer does with a case: answer the law's questions, decide, look."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from probity.accounts.actors import Actor
from probity.accounts.roles import Ability
from probity.cases.claims import claim_end, claim_require
from probity.cases.models import Case
from probity.cases.services import case_places_set
from probity.cases.versions import case_touch
from probity.core.errors import InvalidInput, NotFound
from probity.decisions.deciding import decision_take, pending_refuse
from probity.decisions.facts import Value
from probity.decisions.law import places_check
from probity.decisions.measures import Asked
from probity.decisions.models import Decision, PolicyEvaluation
from probity.decisions.services import case_evaluate, fact_answer
from probity.evidence.models import Derivative
from probity.notices.guard import reporter_refuse

from .clocks import case_clocks_set
from .decision_effect import settle_now
from .viewing import look_check, look_record


@transaction.atomic
def facts_answer(*, case: Case, answers: Mapping[str, Value], actor: Actor) -> PolicyEvaluation:
    """Record answers to the law's questions and apply the law anew.

    The case is claimed for the actor when nobody holds it. Raises Conflict when somebody else
    does, InvalidInput for unknown facts or wrong values; then nothing is recorded.
    """
    person = actor.require_person(Ability.CASES_WORK)
    claim_require(case=case, actor=actor)
    pending_refuse(case)
    if not answers:
        raise InvalidInput("Name at least one fact with true, false or null.")
    for name, value in answers.items():
        fact_answer(case=case, name=name, value=value, person=person, actor=actor.name)
    case_touch(case=case, what="facts", actor=actor.name)
    evaluation = case_evaluate(case=case, actor=actor.name)
    case_clocks_set(case=case, evaluation=evaluation)
    return evaluation


@transaction.atomic
def places_answer(*, case: Case, places: list[str], actor: Actor) -> PolicyEvaluation:
    """Record which places a case concerns and apply the law anew; claims as facts_answer does."""
    actor.require_person(Ability.CASES_WORK)
    claim_require(case=case, actor=actor)
    pending_refuse(case)
    case = case_places_set(case=case, places=places_check(places), actor=actor.name)
    evaluation = case_evaluate(case=case, actor=actor.name)
    case_clocks_set(case=case, evaluation=evaluation)
    return evaluation


@transaction.atomic
def case_decide(
    *,
    case: Case,
    reason: str,
    rules: Sequence[str],
    actor: Actor,
    action: str = "",
    measures: Sequence[Asked] = (),
    seen: UUID | None = None,
    carried_from: str = "",
    not_before: datetime | None = None,
) -> Decision:
    """Decide a case: the decision, and the end of the claim; it takes effect after its undo window.

    ``action`` names one measure with its plain scope, ``measures`` several. Where a second person
    has to agree the decision waits for them. A decided case that is decided again stays decided
    until the new decision takes effect and supersedes. ``carried_from`` is the case whose decision
    is carried here. Raises Conflict, InvalidInput, NotAllowed; then nothing is recorded.
    """
    person = actor.require_person(Ability.CASES_WORK)
    claim = claim_require(case=case, actor=actor)
    case.refresh_from_db()
    asked = [*measures, *([Asked(action)] if action else [])]
    reporter_refuse(case=case, field="reason", text=reason)
    decision = decision_take(
        case=case, measures=asked, reason=reason, rules=rules, person=person,
        actor=actor.name, seen=seen, carried_from=carried_from, not_before=not_before,
    )  # fmt: skip
    claim_end(claim=claim, why="decided", actor=actor.name)
    case_touch(case=case, what="decided", actor=actor.name)
    return decision if not_before else settle_now(decision, actor=actor.name)


@transaction.atomic
def media_reveal(
    *, case: Case, derivative: Derivative, actor: Actor, confirmed: bool = False
) -> None:
    """Record that a person chose to look at the media unconcealed.

    Raises ExposureSpent when their day holds no more of it and they did not insist.
    """
    actor.require_person(Ability.CASES_READ)
    if not case.items.filter(asset=derivative.asset).exists():
        raise NotFound("This case has no such asset.")
    look_check(case=case.pk, actor=actor, confirmed=confirmed)
    look_record(case=case.pk, derivative=derivative, actor=actor)
