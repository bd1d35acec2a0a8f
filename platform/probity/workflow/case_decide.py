"""What a reviewer does with a case: answer the law's questions, decide, seal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from django.db import transaction

from probity.accounts.actors import Actor
from probity.accounts.roles import Ability
from probity.analysis.queue import jobs_cancel
from probity.analysis.selectors import findings_of
from probity.cases.claims import claim_end, claim_require
from probity.cases.clocks import clocks_stop
from probity.cases.models import Case, CaseState
from probity.cases.services import case_move, case_places_set
from probity.core.errors import Conflict, InvalidInput, NotFound
from probity.decisions.facts import Value
from probity.decisions.law import places_check
from probity.decisions.models import Decision, PolicyEvaluation
from probity.decisions.services import (
    case_evaluate,
    decision_take,
    fact_answer,
    statement_issue,
)
from probity.evidence.models import Asset, Derivative
from probity.evidence.services import asset_seal, view_record

from .clocks import case_clocks_set
from .decision_told import decision_tell


@transaction.atomic
def facts_answer(*, case: Case, answers: Mapping[str, Value], actor: Actor) -> PolicyEvaluation:
    """Record answers to the law's questions and apply the law anew.

    The case is claimed for the actor when nobody holds it. Raises Conflict when somebody else
    does, InvalidInput for unknown facts or wrong values; then nothing is recorded.
    """
    person = actor.require_person(Ability.CASES_WORK)
    claim_require(case=case, actor=actor)
    if not answers:
        raise InvalidInput("Name at least one fact with true, false or null.")
    for name, value in answers.items():
        fact_answer(case=case, name=name, value=value, person=person, actor=actor.name)
    evaluation = case_evaluate(case=case, actor=actor.name)
    case_clocks_set(case=case, evaluation=evaluation)
    return evaluation


@transaction.atomic
def places_answer(*, case: Case, places: list[str], actor: Actor) -> PolicyEvaluation:
    """Record which places a case concerns and apply the law anew; claims as facts_answer does."""
    actor.require_person(Ability.CASES_WORK)
    claim_require(case=case, actor=actor)
    case = case_places_set(case=case, places=places_check(places), actor=actor.name)
    evaluation = case_evaluate(case=case, actor=actor.name)
    case_clocks_set(case=case, evaluation=evaluation)
    return evaluation


@transaction.atomic
def case_decide(
    *,
    case: Case,
    action: str,
    reason: str,
    rules: Sequence[str],
    actor: Actor,
    seen: UUID | None = None,
) -> Decision:
    """Decide a case: the decision, its statement of reasons, the state, the end of the claim.

    A decided case that is decided again gets a new decision that supersedes. Raises Conflict,
    InvalidInput, NotAllowed; then nothing is recorded.
    """
    person = actor.require_person(Ability.CASES_WORK)
    claim = claim_require(case=case, actor=actor)
    case.refresh_from_db()
    if case.state == CaseState.DECIDED:
        case = case_move(case=case, to=CaseState.IN_REVIEW, actor=actor.name)
    decision = decision_take(
        case=case, action=action, reason=reason, rules=rules, person=person,
        actor=actor.name, seen=seen,
    )  # fmt: skip
    statement_issue(decision=decision, sources=measurements_of(case), actor=actor.name)
    case = case_move(case=case, to=CaseState.DECIDED, actor=actor.name)
    case_evaluate(case=case, actor=actor.name)
    clocks_stop(case=case, why="decided", actor=actor.name)
    claim_end(claim=claim, why="decided", actor=actor.name)
    decision_tell(decision=decision, actor=actor.name)
    return decision


def measurements_of(case: Case) -> list[str]:
    """The automated measurements that lay before the person, by title."""
    titles = [
        finding.title
        for item in case.items.select_related("asset")
        for finding in findings_of(item.asset)
        if finding.status == "ok"
    ]
    return list(dict.fromkeys(titles))


@transaction.atomic
def evidence_seal(*, case: Case, asset: Asset, actor: Actor) -> None:
    """Seal an asset that may show a minor: for good, at once, without a claim."""
    actor.require_person(Ability.ASSETS_SEAL)
    if not case.items.filter(asset=asset).exists():
        raise NotFound("This case has no such asset.")
    if asset.sealed:
        raise Conflict("This asset is already sealed.")
    jobs_cancel(asset=asset)
    asset_seal(asset=asset, actor=actor.name, case=case.pk, why="may show a minor")


@transaction.atomic
def media_reveal(*, case: Case, derivative: Derivative, actor: Actor) -> None:
    """Record that a person chose to look at the media unconcealed."""
    actor.require_person(Ability.CASES_READ)
    if not case.items.filter(asset=derivative.asset).exists():
        raise NotFound("This case has no such asset.")
    view_record(derivative=derivative, actor=actor.name, case=case.pk)
