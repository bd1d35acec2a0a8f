"""Answering, evaluating, deciding: each one transaction that writes its event."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.db import transaction

from probity.accounts.models import Person
from probity.audit.canonical import digest_of
from probity.audit.commitments import commit_to
from probity.audit.services import case_chain, event_append
from probity.cases.models import Case
from probity.core.clock import now
from probity.core.errors import Conflict, InvalidInput

from . import law
from .facts import Value, facts_of, request_valid_at, restricted_at
from .models import Action, Decision, FactAnswer, PolicyEvaluation, StatementOfReasons
from .packs import approvals_in_force, packs_keep
from .selectors import decision_current, evaluation_current, rules_by_id
from .statements import statement_body, statement_text

REASON_MAX = 10_000


@transaction.atomic
def fact_answer(*, case: Case, name: str, value: Value, person: Person, actor: str) -> FactAnswer:
    """Record a reviewer's answer; ``None`` takes an earlier one back.

    Raises InvalidInput for a fact that no pack knows, or a value of the wrong type.
    """
    value = law.fact_check(name, value)
    answer = FactAnswer.objects.create(case=case, name=name, value=value, person=person, at=now())
    event_append(
        chain=case_chain(case.pk),
        name="fact.answered",
        actor=actor,
        payload={"answer": str(answer.pk), "fact": name, "value": value},
    )
    return answer


@transaction.atomic
def case_evaluate(*, case: Case, actor: str) -> PolicyEvaluation:
    """Apply the packs to the facts as they stand; the law is that of the report's date.

    Evaluations of one case are serialised, so that the last one always saw the last answer.
    """
    case = Case.objects.select_for_update().get(pk=case.pk)
    facts = {**law.calendar_of(case.places, at=case.opened_at), **facts_of(case)}
    packs_keep(packs=law.packs())
    result = law.evaluate(
        facts,
        at=case.opened_at,
        places=case.places,
        received_at=case.opened_at,
        restricted_at=restricted_at(case),
        requested_at=request_valid_at(case),
        approvals=approvals_in_force(),
    )
    evaluation = PolicyEvaluation.objects.create(
        case=case,
        made_at=now(),
        as_of=case.opened_at,
        places=case.places,
        facts={name: {"value": fact.value, "source": fact.source} for name, fact in facts.items()},
        result=result,
        pack_digests=result["pack_digests"],
    )
    event_append(
        chain=case_chain(case.pk),
        name="law.evaluated",
        actor=actor,
        payload={
            "evaluation": str(evaluation.pk),
            "digest": digest_of({"facts": evaluation.facts, "result": result}),
            "packs": result["pack_digests"],
        },
    )
    return evaluation


@transaction.atomic
def decision_take(
    *,
    case: Case,
    action: str,
    reason: str,
    rules: Sequence[str],
    person: Person,
    actor: str,
    seen: UUID | None = None,
) -> Decision:
    """Record a person's decision and its statement of reasons; an earlier one is superseded.

    Raises InvalidInput for an unknown action or rule or a missing reason, Conflict when the
    evaluation the person saw (``seen``) is no longer the current one.
    """
    case = Case.objects.select_for_update().get(pk=case.pk)
    evaluation = evaluation_current(case)
    if seen and evaluation and evaluation.pk != seen:
        raise Conflict(
            "The facts of this case changed while you were deciding. Look at the case again; "
            "nothing was decided."
        )
    chosen = _decision_check(action, reason, rules, evaluation)
    digest, salt = commit_to(reason.strip())
    before = decision_current(case)
    decision = Decision.objects.create(
        case=case,
        action=chosen,
        reason=reason.strip(),
        reason_salt=salt,
        rules=list(rules),
        evaluation=evaluation,
        person=person,
        supersedes=before,
        at=now(),
    )
    event_append(
        chain=case_chain(case.pk),
        name="case.decided",
        actor=actor,
        payload={
            "decision": str(decision.pk),
            "action": chosen,
            "rules": list(rules),
            "reason": digest,
            "supersedes": str(before.pk) if before else None,
        },
    )
    return decision


def _decision_check(
    action: str, reason: str, rules: Sequence[str], evaluation: PolicyEvaluation | None
) -> Action:
    wrong: dict[str, str] = {}
    if action not in set(Action):
        wrong["action"] = f"Choose an action: {', '.join(Action)}."
    if not reason.strip():
        wrong["reason"] = "Give the reason in a sentence or two; it goes into the statement."
    if len(reason) > REASON_MAX:
        wrong["reason"] = f"The reason is longer than {REASON_MAX} characters; shorten it."
    known = rules_by_id(evaluation)
    unknown = [rule for rule in rules if rule not in known]
    if unknown:
        wrong["rules"] = f"No rule is called {', '.join(unknown)} in this case's evaluation."
    ruled_out = [
        rule
        for rule in rules
        if rule in known and known[rule]["outcome"] in {"does_not_apply", "not_in_force"}
    ]
    if ruled_out:
        wrong["rules"] = (
            f"{', '.join(ruled_out)} does not apply to the facts as they stand. Correct the facts "
            "or leave the rule out."
        )
    if wrong:
        raise InvalidInput.of(wrong)
    return Action(action)


@transaction.atomic
def statement_issue(*, decision: Decision, sources: list[str], actor: str) -> StatementOfReasons:
    """Write the statement of reasons for a decision."""
    body = statement_body(decision=decision, evaluation=decision.evaluation, sources=sources)
    text = statement_text(body)
    statement = StatementOfReasons.objects.create(
        decision=decision,
        case=decision.case,
        body=body,
        text=text,
        sha256=digest_of(text),
        at=now(),
    )
    event_append(
        chain=case_chain(decision.case_id),
        name="statement.issued",
        actor=actor,
        payload={"statement": str(statement.pk), "digest": statement.sha256},
    )
    return statement
