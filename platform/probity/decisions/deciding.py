"""Taking a decision, taking it back, a second person's answer: each one transaction and event.

Nothing follows from a decision here; see ``effects`` for what happens once it takes effect.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from django.conf import settings
from django.db import transaction

from probity.accounts.models import Person
from probity.audit.commitments import commit_to
from probity.audit.services import case_chain, event_append
from probity.cases.models import Case
from probity.core.blank import blank
from probity.core.clock import now
from probity.core.errors import Conflict, InvalidInput, NotAllowed
from probity.core.vetoes import vetoes_ask

from .automation import automation_of
from .measures import Asked, measures_read
from .models import (
    PENDING,
    Approval,
    Decision,
    DecisionState,
    Measure,
    PolicyEvaluation,
    Standing,
)
from .second_person import reasons_of
from .selectors import decision_current, evaluation_current, rules_by_id

REASON_MAX = 10_000
RULED_OUT = frozenset({"does_not_apply", "not_in_force"})


@transaction.atomic
def decision_take(
    *,
    case: Case,
    measures: Sequence[Asked],
    reason: str,
    rules: Sequence[str],
    person: Person,
    actor: str,
    seen: UUID | None = None,
    carried_from: str = "",
    not_before: datetime | None = None,
) -> Decision:
    """Record a person's decision; it waits for its undo window or for a second person.

    ``not_before`` lengthens the undo window, as for one of many cases decided at once.

    Raises InvalidInput for measures that cannot be, an unknown rule or a missing reason, Conflict
    when the evaluation the person saw (``seen``) is no longer the current one, or when another
    decision of the case still waits.
    """
    case = Case.objects.select_for_update().get(pk=case.pk)
    evaluation = evaluation_current(case)
    if seen and evaluation and evaluation.pk != seen:
        raise Conflict(
            "The facts of this case changed while you were deciding. Look at the case again; "
            "nothing was decided."
        )
    pending_refuse(case)
    vetoes_ask("decision", (case, person))
    asked = _checked(case, measures, reason, rules, evaluation)
    actions = [each.action for each in asked]
    digest, salt = commit_to(reason.strip())
    before = decision_current(case)
    moment = now()
    whys = reasons_of(case=case, actions=actions, rules=rules, evaluation=evaluation)
    decision = Decision.objects.create(
        case=case,
        action=actions[0],
        reason=reason.strip(),
        reason_salt=salt,
        rules=list(rules),
        evaluation=evaluation,
        person=person,
        supersedes=before,
        second_person=[why.to_dict() for why in whys],
        automation=automation_of(
            case=case, rules=rules, evaluation=evaluation, carried_from=carried_from
        ),
        at=moment,
    )
    for each in asked:
        row_id = uuid4()
        Measure.objects.create(
            id=row_id, reference=row_id, decision=decision, action=each.action, scope=each.scope,
            days=each.days,
        )  # fmt: skip
    Standing.objects.create(
        decision=decision,
        case=case,
        state=DecisionState.HELD if whys else DecisionState.WAITING,
        effective_after=None if whys else max(moment + window(), not_before or moment),
    )
    event_append(
        chain=case_chain(case.pk),
        name="case.decided",
        actor=actor,
        payload={
            "decision": str(decision.pk),
            "action": decision.action,
            "measures": [measure_told(row) for row in decision.measures.all()],
            "rules": list(rules),
            "reason": digest,
            "supersedes": str(before.pk) if before else None,
            "second_person": [why.subject for why in whys],
            "automation": decision.automation["decision"],
        },
    )
    return decision


@transaction.atomic
def decision_answer(
    *, decision: Decision, given: bool, reason: str, person: Person, actor: str
) -> Approval:
    """A second person agrees, which opens the undo window, or refuses with a reason.

    Raises NotAllowed for the one who decided, Conflict when the decision waits for nobody,
    InvalidInput for a refusal without a reason.
    """
    standing = standing_lock(decision)
    if standing.state != DecisionState.HELD:
        raise Conflict("This decision does not wait for a second person any more.")
    if decision.person_id == person.pk:
        raise NotAllowed("Somebody else has to look at this: you decided it yourself.")
    vetoes_ask("approval", (decision, person))
    text = reason.strip()
    if not given and not text:
        raise InvalidInput.of({"reason": "Say why not, so that whoever decided can do better."})
    if len(text) > REASON_MAX:
        raise InvalidInput.of({"reason": f"Shorten the reason to {REASON_MAX} characters."})
    digest, salt = commit_to(text) if text else ("", "")
    moment = now()
    answer = Approval.objects.create(
        decision=decision, given=given, reason=text, reason_salt=salt,
        decider=decision.person, person=person, at=moment,
    )  # fmt: skip
    if given:
        standing.state, standing.effective_after = DecisionState.WAITING, moment + window()
    else:
        standing.state, standing.ended_at = DecisionState.REFUSED, moment
        standing.ended_by = person
    standing.save()
    event_append(
        chain=case_chain(decision.case_id),
        name="decision.approved" if given else "decision.refused",
        actor=actor,
        payload={"decision": str(decision.pk), "answer": str(answer.pk), "reason": digest},
    )
    return answer


@transaction.atomic
def decision_undo(*, decision: Decision, person: Person, actor: str) -> None:
    """Take a decision back before anything followed from it.

    Whoever decided may, and whoever agreed. Raises NotAllowed for others, Conflict once the window
    is over or the decision is settled.
    """
    standing = standing_lock(decision)
    if standing.state not in PENDING:
        raise Conflict(
            "This decision cannot be undone any more. Decide again; both stay on the record."
        )
    over = standing.effective_after is not None and now() > standing.effective_after
    if over:
        raise Conflict(
            "The time to undo is over: the decision is taking effect. Decide again; both stay on "
            "the record."
        )
    if person.pk not in may_undo(decision):
        raise NotAllowed("Only whoever decided, or agreed to it, can undo this decision.")
    standing.state, standing.ended_at, standing.ended_by = DecisionState.UNDONE, now(), person
    standing.save()
    event_append(
        chain=case_chain(decision.case_id),
        name="decision.undone",
        actor=actor,
        payload={"decision": str(decision.pk)},
    )


def may_undo(decision: Decision) -> set[UUID]:
    """The ids of those who may take a pending decision back."""
    answer = Approval.objects.filter(decision=decision).first()
    return {decision.person_id, *([answer.person_id] if answer else [])}


def standing_lock(decision: Decision) -> Standing:
    """Lock the case first, as everybody does who writes to it, then where its decision stands."""
    Case.objects.select_for_update().get(pk=decision.case_id)
    return Standing.objects.select_for_update().get(decision=decision)


def window() -> timedelta:
    """How long a decision can be undone before anything follows from it."""
    return timedelta(seconds=settings.UNDO_SECONDS)


def measure_told(row: Measure) -> dict[str, object]:
    """A measure as the log tells of it."""
    return {
        "measure": str(row.pk),
        "action": row.action,
        "about": row.scope["about"],
        "places": row.scope["places"],
        "days": row.days,
    }


def pending_refuse(case: Case) -> None:
    """Raise Conflict while a decision of the case is not settled."""
    standing = Standing.objects.filter(case=case, state__in=PENDING).first()
    if standing is None:
        return
    if standing.state == DecisionState.HELD:
        raise Conflict(
            "A decision of this case waits for a second person. It has to be agreed to, refused or "
            "undone before anybody decides again."
        )
    raise Conflict(
        "A decision of this case can still be undone. Undo it, or wait until it has taken effect."
    )


def _checked(
    case: Case,
    measures: Sequence[Asked],
    reason: str,
    rules: Sequence[str],
    evaluation: PolicyEvaluation | None,
) -> list[Asked]:
    """The measures as they will be kept; raises InvalidInput with all that is wrong."""
    wrong: dict[str, str] = {}
    asked: list[Asked] = []
    try:
        asked = measures_read(measures, case_places=case.places)
    except InvalidInput as refusal:
        wrong |= refusal.fields
    if blank(reason):
        wrong["reason"] = "Give the reason in a sentence or two; it goes into the statement."
    if len(reason) > REASON_MAX:
        wrong["reason"] = f"The reason is longer than {REASON_MAX} characters; shorten it."
    known = rules_by_id(evaluation)
    unknown = [rule for rule in rules if rule not in known]
    if unknown:
        wrong["rules"] = f"No rule is called {', '.join(unknown)} in this case's evaluation."
    ruled_out = [rule for rule in rules if rule in known and known[rule]["outcome"] in RULED_OUT]
    if ruled_out:
        wrong["rules"] = (
            f"{', '.join(ruled_out)} does not apply to the facts as they stand. Correct the facts "
            "or leave the rule out."
        )
    if wrong:
        raise InvalidInput.of(wrong)
    return asked
