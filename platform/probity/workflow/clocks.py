"""The case's running deadlines, taken from its evaluation."""

from __future__ import annotations

from probity.cases.models import Case, CaseState
from probity.cases.settling import case_settle
from probity.contests.updates import duties_met
from probity.decisions.deadlines import deadlines_of
from probity.decisions.models import PolicyEvaluation


def case_clocks_set(*, case: Case, evaluation: PolicyEvaluation, actor: str = "system") -> None:
    """Run a clock for each dated duty of a rule that applies or may apply, and order the case anew.

    A decided case has none: its decision stopped them. What was written to whoever asked stops the
    clocks of the duties that it meets.
    """
    if case.state == CaseState.DECIDED:
        return
    deadlines = deadlines_of(evaluation)
    case_settle(case=case, deadlines=deadlines, met=duties_met(case), actor=actor)
