"""Keeping statements of reasons, and what they rest on; room ``notices`` makes their words."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from probity.audit.canonical import digest_of
from probity.audit.services import case_chain, event_append
from probity.core.clock import now

from .models import Action, Decision, StatementOfReasons

#: What a measure means, for staff and for whoever reported. Letters have their own words.
MEASURES = {
    Action.REMOVE: "The content was removed.",
    Action.LABEL: "The content stays visible and was labelled.",
    Action.RESTRICT: "The content was made unavailable in the places named below.",
    Action.AGE_GATE: "The content is now shown to adults only.",
    Action.REDUCE: "The content is shown to fewer people.",
    Action.WARN: "A warning was sent; the content stays visible.",
    Action.SUSPEND: "The account was suspended.",
    Action.REFER: "The matter was referred to the competent authority.",
    Action.PRESERVE: "The content was preserved; nothing else was changed.",
    Action.NO_ACTION: "Nothing was restricted: the content stays as it was.",
}


def grounds_of(decision: Decision) -> list[dict[str, Any]]:
    """The rules that a decision names, as the evaluation knew them (DSA art. 17(3)(d), (e))."""
    if decision.evaluation is None:
        return []
    by_id = {rule["id"]: rule for rule in decision.evaluation.result["rules"]}
    return [
        {
            "rule": rule_id,
            "title": by_id[rule_id]["title"],
            "citation": by_id[rule_id]["citation"],
            "ground": by_id[rule_id].get("ground", ""),
            "explanation": by_id[rule_id].get("explanation", ""),
            "outcome": by_id[rule_id]["outcome"],
        }
        for rule_id in decision.rules
        if rule_id in by_id
    ]


@transaction.atomic
def statement_keep(
    *, decision: Decision, body: dict[str, Any], text: str, actor: str
) -> StatementOfReasons:
    """Keep the statement of reasons for a decision: its data and its exact words."""
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
