"""Golden cases: decided cases whose right answer leads know."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.db import IntegrityError, transaction

from probity.accounts.actors import Actor
from probity.accounts.roles import Ability
from probity.audit.commitments import commit_to
from probity.audit.services import event_append
from probity.cases.models import Case
from probity.core.clock import now
from probity.core.errors import Conflict, InvalidInput
from probity.decisions.law import fact_check
from probity.decisions.models import Action
from probity.decisions.selectors import decision_current

from .models import Golden, Trial, TrialKind
from .trials import CHAIN, source_refuse, trial_open

WHY_MAX = 2_000


@transaction.atomic
def golden_mark(
    *, case: Case, actions: Sequence[str], facts: Mapping[str, bool], why: str, actor: Actor
) -> Golden:
    """Mark a decided case as golden: any of ``actions`` is accepted as the headline of a decision,
    and these answers to these questions. ``why`` is told to whoever decided a copy.

    Raises InvalidInput, Conflict for a case that cannot be copied or is golden already, NotAllowed.
    """
    person = actor.require_person(Ability.QUALITY_MANAGE)
    locked = Case.objects.select_for_update().get(pk=case.pk)
    source_refuse(locked)
    decision = decision_current(locked)
    if decision is None:
        raise Conflict(f"No decision of {locked.label} is in force.")
    accepted, said = _checked(actions, facts, why)
    digest, salt = commit_to(said)
    try:
        with transaction.atomic():
            row = Golden.objects.create(
                source=locked, decision=decision, actions=accepted, facts=dict(facts), why=said,
                why_salt=salt, person=person, at=now(),
            )  # fmt: skip
    except IntegrityError:
        raise Conflict(f"{locked.label} is golden already. Retire it first to change its answers.")
    event_append(
        chain=CHAIN, name="golden.marked", actor=actor.name,
        payload={
            "golden": str(row.pk), "case": str(locked.pk), "decision": str(decision.pk),
            "actions": accepted, "facts": dict(facts), "why": digest,
        },
    )  # fmt: skip
    return row


@transaction.atomic
def golden_retire(*, golden: Golden, actor: Actor) -> Golden:
    """Use a golden case no more; copies that wait still count. Raises Conflict, NotAllowed."""
    actor.require_person(Ability.QUALITY_MANAGE)
    row = Golden.objects.select_for_update().get(pk=golden.pk)
    if row.retired_at:
        raise Conflict("This golden case is not used any more already.")
    row.retired_at = now()
    row.save(update_fields=["retired_at"])
    event_append(
        chain=CHAIN, name="golden.retired", actor=actor.name,
        payload={"golden": str(row.pk), "case": str(row.source_id)},
    )  # fmt: skip
    return row


@transaction.atomic
def golden_enter(*, golden: Golden, actor: Actor) -> Trial:
    """Put a copy of a golden case into its queue now.

    Raises Conflict while one waits already, or when the case can be copied no more; NotAllowed.
    """
    actor.require_person(Ability.QUALITY_MANAGE)
    row = Golden.objects.select_for_update(of=("self",)).select_related("decision").get(
        pk=golden.pk
    )  # fmt: skip
    if row.retired_at:
        raise Conflict("This golden case is not used any more.")
    if row.trials.filter(answered_at=None, withdrawn_at=None).exists():
        raise Conflict("A copy of this golden case waits in the queue already.")
    return trial_open(
        kind=TrialKind.GOLDEN, decision=row.decision, golden=row, actor=actor.name
    )  # fmt: skip


def _checked(
    actions: Sequence[str], facts: Mapping[str, object], why: str
) -> tuple[list[str], str]:  # fmt: skip
    wrong: dict[str, str] = {}
    accepted = [action for action in Action if action in set(actions)]
    if not accepted or len(accepted) != len(set(actions)):
        wrong["actions"] = "Choose at least one action that is accepted as right."
    for name, value in facts.items():
        if not isinstance(value, bool):
            wrong["facts"] = "An accepted answer is yes or no."
            continue
        try:
            fact_check(name, value)
        except InvalidInput as refusal:
            wrong["facts"] = refusal.sentence
    said = why.replace("\x00", "").strip()
    if not said or len(said) > WHY_MAX:
        wrong["why"] = f"Say why this is right, in at most {WHY_MAX} characters; people read it."
    if wrong:
        raise InvalidInput.of(wrong)
    return [str(action) for action in accepted], said
