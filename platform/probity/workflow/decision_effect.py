"""A decision on its way: taken back, agreed to or refused by a second person, taking effect.

Everything that follows from a decision hangs on ``decision_settle``, in one transaction: nothing
has left before, and nothing is left undone after.
"""

from __future__ import annotations

import logging

from django.conf import settings
from django.db import transaction

from probity.accounts.actors import Actor
from probity.accounts.roles import Ability
from probity.analysis.selectors import findings_of
from probity.cases.claims import case_claim, claim_end
from probity.cases.clocks import clocks_stop
from probity.cases.models import Case, CaseState
from probity.cases.selectors import claim_live
from probity.cases.services import case_move
from probity.cases.versions import case_touch
from probity.core.clock import now
from probity.core.errors import Conflict, NotAllowed, Refusal
from probity.decisions.deciding import decision_answer, decision_undo
from probity.decisions.effects import decision_effective, measures_sweep
from probity.decisions.models import Decision, DecisionState, Standing
from probity.decisions.selectors import decision_current
from probity.decisions.services import case_evaluate
from probity.notices.holds import notice_holds_sweep
from probity.notices.statements import statement_write
from probity.quality.sampling import decision_sample
from probity.quality.trials import trial_settle

from .appeal_settled import rulings_fall, rulings_settled
from .decision_told import decision_tell, measures_ended_tell

logger = logging.getLogger(__name__)
SYSTEM = "system"


@transaction.atomic
def decision_settle(*, decision: Decision, actor: str = SYSTEM) -> Decision:
    """Let a decision take effect with all that follows: measures, statement, state of the case,
    the law applied anew, clocks, notices.

    Raises Conflict while it can still be undone, waits for a second person, or is settled.
    """
    case = Case.objects.select_for_update().get(pk=decision.case_id)
    decision = decision_effective(decision=decision, actor=actor)
    statement_write(decision=decision, sources=measurements_of(case), actor=actor)
    case = _decided(case, actor=actor)
    case_evaluate(case=case, actor=actor)
    clocks_stop(case=case, why="decided", actor=actor)
    decision_tell(decision=decision, actor=actor)
    trial_settle(decision=decision)
    decision_sample(decision=decision)
    rulings_settled(decision=decision, actor=actor)
    case_touch(case=case, what="decided", actor=actor)
    return decision


def settle_now(decision: Decision, *, actor: str) -> Decision:
    """Without an undo window a decision that waits for nobody takes effect at once."""
    if settings.UNDO_SECONDS > 0 or decision.standing.state != DecisionState.WAITING:
        return decision
    return decision_settle(decision=decision, actor=actor)


def decisions_sweep() -> int:
    """Let every decision take effect whose undo window is over, and end the measures whose time
    is; return how many there were.

    One that refuses is noted and tried again; it keeps no other back.
    """
    done = measures_sweep()
    measures_ended_tell()
    notice_holds_sweep()
    due = Standing.objects.filter(state=DecisionState.WAITING, effective_after__lte=now())
    for standing in due.select_related("decision").order_by("effective_after"):
        try:
            with transaction.atomic():
                free = Case.objects.select_for_update(skip_locked=True)
                if free.filter(pk=standing.case_id).exists():
                    decision_settle(decision=standing.decision)
                    done += 1
        except Refusal:
            logger.warning("Decision %s could not take effect yet.", standing.decision_id)
        except Exception:
            logger.exception("Decision %s could not take effect.", standing.decision_id)
    return done


@transaction.atomic
def decision_agree(*, decision: Decision, actor: Actor) -> Decision:
    """A second person agrees; the decision takes effect after one more undo window.

    Raises NotAllowed for who decided and for who may not, Conflict when it waits for nobody.
    """
    person = actor.require_person(Ability.DECISIONS_APPROVE)
    case = Case.objects.select_for_update().get(pk=decision.case_id)
    decision_answer(decision=decision, given=True, reason="", person=person, actor=actor.name)
    case_touch(case=case, what="approved", actor=actor.name)
    return settle_now(_again(decision), actor=actor.name)


@transaction.atomic
def decision_refuse(*, decision: Decision, reason: str, actor: Actor) -> Decision:
    """A second person says no, with a reason; the case goes back to be decided again.

    Raises NotAllowed, Conflict, InvalidInput without a reason.
    """
    person = actor.require_person(Ability.DECISIONS_APPROVE)
    case = Case.objects.select_for_update().get(pk=decision.case_id)
    decision_answer(decision=decision, given=False, reason=reason, person=person, actor=actor.name)
    rulings_fall(decision=decision, actor=actor.name)
    _back(case, actor=actor.name)
    case_touch(case=case, what="returned", actor=actor.name)
    return _again(decision)


@transaction.atomic
def decision_take_back(*, decision: Decision, actor: Actor) -> Decision:
    """Undo a decision before anything followed from it; who decided holds the case again.

    Raises NotAllowed for others, Conflict once the window is over.
    """
    person = actor.person
    if person is None or not actor.abilities & {Ability.CASES_WORK, Ability.DECISIONS_APPROVE}:
        raise NotAllowed("Only whoever decided, or agreed to it, can undo this decision.")
    case = Case.objects.select_for_update().get(pk=decision.case_id)
    decision_undo(decision=decision, person=person, actor=actor.name)
    rulings_fall(decision=decision, actor=actor.name)
    _back(case, actor=actor.name)
    if person.pk == decision.person_id and case.state != CaseState.DECIDED:
        _hold_again(case, actor)
    case_touch(case=case, what="undone", actor=actor.name)
    return _again(decision)


def measurements_of(case: Case) -> list[str]:
    """The automated measurements that lay before the person, by title."""
    titles = [
        finding.title
        for item in case.items.select_related("asset")
        for finding in findings_of(item.asset)
        if finding.status == "ok"
    ]
    return list(dict.fromkeys(titles))


def _decided(case: Case, *, actor: str) -> Case:
    """The case is decided, and from this moment on."""
    if claim := claim_live(case):
        claim_end(claim=claim, why="decided", actor=actor)
    if case.state == CaseState.DECIDED:
        case.decided_at = now()
        case.save(update_fields=["decided_at"])
        return case
    if case.state == CaseState.OPEN:
        case = case_move(case=case, to=CaseState.IN_REVIEW, actor=actor)
    return case_move(case=case, to=CaseState.DECIDED, actor=actor)


def _back(case: Case, *, actor: str) -> None:
    """Where a case goes whose pending decision is gone: to the queue, unless one is in force."""
    case.refresh_from_db()
    if decision_current(case) is None and case.state == CaseState.IN_REVIEW:
        case_move(case=case, to=CaseState.OPEN, actor=actor)
        case.refresh_from_db()


def _hold_again(case: Case, actor: Actor) -> None:
    """Give the case back to who took the decision back, unless somebody was faster."""
    try:
        with transaction.atomic():
            case_claim(case=case, actor=actor)
    except Conflict:
        logger.info("Case %s was taken by somebody else meanwhile.", case.pk)


def _again(decision: Decision) -> Decision:
    return Decision.objects.select_related("standing", "case").get(pk=decision.pk)
