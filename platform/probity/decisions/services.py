"""Answering and evaluating: each one transaction that writes its event."""

from __future__ import annotations

from django.db import transaction

from probity.accounts.models import Person
from probity.audit.canonical import digest_of
from probity.audit.services import case_chain, event_append
from probity.cases.models import Case
from probity.core.clock import now
from probity.core.inner import inner

from . import law
from .facts import Ground, Value, facts_of
from .models import FactAnswer, PolicyEvaluation
from .packs import approvals_in_force, packs_keep


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


@inner
def case_evaluate(*, case: Case, actor: str) -> PolicyEvaluation:
    """Apply the packs to the facts as they stand; the law is that of the report's date.

    Evaluations of one case are serialised, so that the last one always saw the last answer.
    """
    case = Case.objects.select_for_update().get(pk=case.pk)
    ground = Ground(case)
    facts = {**law.calendar_of(case.places, at=case.opened_at), **facts_of(case, ground=ground)}
    packs_keep(packs=law.packs())
    result = law.evaluate(
        facts,
        at=case.opened_at,
        places=case.places,
        received_at=case.opened_at,
        restricted_at=ground.restricted_at,
        requested_at=ground.requested_at,
        confirmed_at=ground.confirmed_at,
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
