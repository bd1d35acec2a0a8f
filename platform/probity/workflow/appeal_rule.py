"""Ruling on an appeal: what is reversed or changed becomes a new decision that supersedes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from django.db import transaction

from probity.accounts.actors import Actor
from probity.accounts.roles import Ability
from probity.contests.appeals import (
    appeal_lock,
    holder_require,
    ruling_make,
)
from probity.contests.models import Appeal, AppealRuling
from probity.contests.words import OUTCOME_WORDS, Outcome
from probity.core.errors import InvalidInput
from probity.decisions.deciding import RULED_OUT
from probity.decisions.measures import Asked
from probity.decisions.models import Action, Decision, DecisionState
from probity.decisions.selectors import evaluation_current, rules_by_id

from .appeal_settled import ruling_close
from .case_decide import case_decide


@transaction.atomic
def appeal_rule(
    *,
    appeal: Appeal,
    outcome: str,
    reason: str,
    actor: Actor,
    measures: Sequence[Asked] = (),
    rules: Sequence[str] | None = None,
) -> AppealRuling:
    """Rule on an appeal that one holds.

    ``upheld``: the decision stands. ``reversed``: without ``measures`` nothing remains of it; where
    nothing had been done, measures are needed. ``changed``: the measures that hold instead. The new
    decision keeps its own undo window and second person; the outcome is told once it took effect.
    Raises NotAllowed for whoever decided or approved, Conflict, InvalidInput.
    """
    person = actor.require_person(Ability.APPEALS_DECIDE)
    locked = appeal_lock(appeal)
    holder_require(locked, person=person)
    if outcome not in set(Outcome):
        raise InvalidInput.of({"outcome": f"Choose an outcome: {', '.join(Outcome)}."})
    chosen = Outcome(outcome)
    asked = _measures(locked, chosen, measures)
    decision = _decide(locked, asked, reason, rules, actor) if asked else None
    ruling = ruling_make(
        appeal=locked, outcome=chosen, reason=reason, decision=decision, actor=actor
    )
    if decision is None or decision.standing.state == DecisionState.EFFECTIVE:
        ruling_close(ruling, actor=actor.name)
    return ruling


def _measures(appeal: Appeal, outcome: Outcome, measures: Sequence[Asked]) -> list[Asked]:
    if outcome == Outcome.UPHELD:
        if measures:
            raise InvalidInput.of(
                {"action": "The decision stands, so leave the measures out; or say “changed”."}
            )
        return []
    if measures:
        return list(measures)
    if outcome == Outcome.REVERSED and appeal.decision.action != Action.NO_ACTION:
        return [Asked(Action.NO_ACTION)]
    raise InvalidInput.of(
        {"action": f"{OUTCOME_WORDS[outcome]} Choose what is to be done instead."}
    )


def _decide(
    appeal: Appeal,
    asked: list[Asked],
    reason: str,
    rules: Sequence[str] | None,
    actor: Actor,
) -> Decision:
    known = rules_by_id(evaluation_current(appeal.case))
    kept = [
        rule
        for rule in appeal.decision.rules
        if rule in known and known[rule]["outcome"] not in RULED_OUT
    ]
    lifts = all(each.action == Action.NO_ACTION for each in asked)
    # whoever may rule on appeals may take the decision that the ruling is, in this case only
    judge = replace(actor, abilities=actor.abilities | {Ability.CASES_WORK})
    return case_decide(
        case=appeal.case, measures=asked, reason=reason, actor=judge,
        rules=([] if lifts else kept) if rules is None else list(rules),
    )  # fmt: skip
