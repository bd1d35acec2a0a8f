"""Reading answers, evaluations, decisions and statements."""

from __future__ import annotations

from collections.abc import Iterable
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


def decisions_current(cases: Iterable[Case]) -> dict[UUID, Decision]:
    """The decision in force of each case, by the case's id."""
    rows = Decision.objects.filter(case__in=list(cases), superseded_by=None).order_by("at")
    return {row.case_id: row for row in rows}
