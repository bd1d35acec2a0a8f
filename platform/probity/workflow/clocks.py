"""The case's running deadline, taken from its evaluation."""

from __future__ import annotations

from probity.cases.models import Case
from probity.decisions.models import PolicyEvaluation
from probity.decisions.selectors import nearest_deadline


def case_clock_set(*, case: Case, evaluation: PolicyEvaluation) -> None:
    """Keep the nearest due moment on the case, so that the queue can be ordered by it."""
    nearest = nearest_deadline(evaluation)
    case.due_at, case.due_for = nearest or (None, "")
    case.save(update_fields=["due_at", "due_for"])
