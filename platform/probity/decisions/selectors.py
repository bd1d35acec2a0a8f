"""Reading answers, evaluations, decisions and statements."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from probity.cases.models import Case
from probity.core.errors import NotFound

from .models import (
    PENDING,
    Decision,
    DecisionState,
    FactAnswer,
    PolicyEvaluation,
    StatementOfReasons,
)


def evaluation_current(case: Case) -> PolicyEvaluation | None:
    """The latest evaluation."""
    return case.evaluations.order_by("-made_at").first()


def rules_by_id(evaluation: PolicyEvaluation | None) -> dict[str, dict[str, Any]]:
    """The evaluated rules by id."""
    return {rule["id"]: rule for rule in evaluation.result["rules"]} if evaluation else {}


def decision_current(case: Case) -> Decision | None:
    """The decision in force; None while nothing has taken effect."""
    return (
        case.decisions.filter(standing__state=DecisionState.EFFECTIVE)
        .select_related("standing")
        .first()
    )


def decisions_of(case: Case) -> list[Decision]:
    """All decisions, the first one first."""
    rows = case.decisions.select_related("person", "standing", "statement", "approval__person")
    return list(rows.prefetch_related("measures").order_by("at"))


def decision_pending(case: Case) -> Decision | None:
    """The decision that is taken and not settled: held, or in its undo window."""
    rows = case.decisions.filter(standing__state__in=PENDING)
    return rows.select_related("standing", "person", "approval__person").first()


def decision_find(decision_id: UUID) -> Decision:
    """One decision, whatever became of it; raises NotFound."""
    rows = Decision.objects.select_related("standing", "case", "person", "approval__person")
    found = rows.filter(pk=decision_id).first()
    if found is None:
        raise NotFound("There is no decision with this id.")
    return found


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
    rows = Decision.objects.filter(case__in=list(cases), standing__state=DecisionState.EFFECTIVE)
    return {row.case_id: row for row in rows}
