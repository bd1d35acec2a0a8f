"""Reading answers, evaluations, decisions and statements."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from probity.cases.models import Case
from probity.core.errors import NotFound

from .models import Decision, FactAnswer, PolicyEvaluation, StatementOfReasons


def evaluation_current(case: Case) -> PolicyEvaluation | None:
    """The latest evaluation."""
    return case.evaluations.order_by("-made_at").first()


def rules_by_id(evaluation: PolicyEvaluation | None) -> dict[str, dict[str, Any]]:
    """The evaluated rules by id."""
    return {rule["id"]: rule for rule in evaluation.result["rules"]} if evaluation else {}


def decision_current(case: Case) -> Decision | None:
    """The decision that no other supersedes."""
    return case.decisions.filter(superseded_by=None).order_by("-at").first()


def decisions_of(case: Case) -> list[Decision]:
    """All decisions, the first one first."""
    return list(case.decisions.select_related("person", "statement").order_by("at"))


def answers_of(case: Case) -> dict[str, FactAnswer]:
    """The latest answer to each question."""
    return {answer.name: answer for answer in case.answers.select_related("person").order_by("at")}


def statement_current(case: Case) -> StatementOfReasons:
    """The latest statement of reasons; raises NotFound while nothing is decided."""
    statement = case.statements.order_by("-at").first()
    if statement is None:
        raise NotFound("This case is not decided yet, so there is no statement of reasons.")
    return statement


def counts_down(rule: Mapping[str, Any]) -> bool:
    """Whether a rule's clock runs for the case.

    A law's clock runs while its questions are open; a target of our own only once it applies, or
    it would stand before the law's in every case.
    """
    if rule["level"] == "policy":
        return bool(rule["outcome"] == "applies")
    return rule["outcome"] in {"applies", "unknown"}


def nearest_deadline(evaluation: PolicyEvaluation) -> tuple[datetime, str] | None:
    """The earliest due moment among rules that apply or may still apply, and what is due."""
    best: tuple[datetime, str] | None = None
    for rule in evaluation.result["rules"]:
        if not counts_down(rule):
            continue
        for duty in rule["obligations"]:
            if not duty.get("due"):
                continue
            due = datetime.fromisoformat(duty["due"])
            if best is None or due < best[0]:
                best = due, rule["title"]
    return best


def decisions_current(cases: Iterable[Case]) -> dict[UUID, Decision]:
    """The decision in force of each case, by the case's id."""
    rows = Decision.objects.filter(case__in=list(cases), superseded_by=None).order_by("at")
    return {row.case_id: row for row in rows}
