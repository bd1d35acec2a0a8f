"""Which clocks an evaluation makes run.

The law asks for far more than any one report is about, and most of it is still open when a report
comes in. A clock runs for what applies; provisionally it runs for a law that the report, or a
reviewer's answer, gives a reason to think of.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.conf import settings

from probity.cases.clocks import Deadline
from probity.cases.models import Case, Category

from .law import places_meet
from .models import PolicyEvaluation

#: The harms (see policy.api.Harm) that only a report of these categories suggests; a harm that is
#: not named here, such as a duty of process, may concern every report.
SUGGESTED_BY: Mapping[str, frozenset[Category]] = {
    "intimate": frozenset({Category.INTIMATE, Category.OTHER}),
    "election": frozenset({Category.ELECTION, Category.OTHER}),
    "fraud": frozenset({Category.IMPERSONATION, Category.ADVERTISING, Category.OTHER}),
    "likeness": frozenset({Category.IMPERSONATION, Category.ADVERTISING, Category.OTHER}),
    "commercial": frozenset({Category.ADVERTISING, Category.OTHER}),
    "reputation": frozenset({Category.DEFAMATION, Category.OTHER}),
}


def deadlines_of(evaluation: PolicyEvaluation) -> list[Deadline]:
    """Every dated duty whose clock runs for the case, the earliest per rule and action."""
    found: dict[tuple[str, str], Deadline] = {}
    for rule in evaluation.result["rules"]:
        if not counts_down(rule, case=evaluation.case):
            continue
        for duty in rule["obligations"]:
            if duty.get("due"):
                line = _deadline(rule, duty, evaluation.case)
                key = line.rule, line.duty
                if key not in found or line.due_at < found[key].due_at:
                    found[key] = line
    return list(found.values())


def counts_down(rule: Mapping[str, Any], *, case: Case) -> bool:
    """Whether an evaluated rule's clock runs for the case.

    A law's clock runs while its questions are open, if something suggests the law; a target of our
    own only once it applies, or it would stand before the law's in every case. What binds somebody
    else runs no clock of ours.
    """
    if rule["effect"] != "duty" or not concerns(rule, case=case):
        return False
    return bool(rule["outcome"] == "applies" or rule["level"] != "policy")


def concerns(rule: Mapping[str, Any], *, case: Case) -> bool:
    """Whether an evaluated rule applies to the case, or something suggests that it may."""
    if rule["outcome"] == "applies":
        return True
    if rule["outcome"] != "unknown":
        return False
    return _served(rule, case) and (_suggested(rule, case) or _answered(rule))


def _suggested(rule: Mapping[str, Any], case: Case) -> bool:
    """Whether the kind of report makes one think of this rule."""
    return bool(case.categories & SUGGESTED_BY.get(rule["harm"], frozenset(Category)))


def _answered(rule: Mapping[str, Any]) -> bool:
    """Whether a reviewer already found one of the rule's conditions met."""
    return any(line["source"] == "reviewer" and line["result"] is True for line in rule["trace"])


def _served(rule: Mapping[str, Any], case: Case) -> bool:
    """Whether the service is offered where the rule holds; a place named in the case decides."""
    if case.places or not settings.SERVED_PLACES:
        return True
    return places_meet(rule["jurisdiction"], settings.SERVED_PLACES)


def _deadline(rule: Mapping[str, Any], duty: Mapping[str, Any], case: Case) -> Deadline:
    started = duty.get("started") or case.opened_at.isoformat()
    return Deadline(
        rule=rule["id"],
        duty=duty["do"],
        title=rule["title"],
        started_at=datetime.fromisoformat(started),
        due_at=datetime.fromisoformat(duty["due"]),
        provisional=bool(duty.get("provisional")),
    )
