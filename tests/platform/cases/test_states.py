"""Every move of a case's state: allowed by the table, or refused by it and by the database too."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import IntegrityError, connection, transaction

from probity.cases.models import CASE_MOVES, Case, CaseState
from probity.cases.services import case_move
from probity.core.errors import Conflict

pytestmark = pytest.mark.django_db
PATHS = {
    CaseState.OPEN: [],
    CaseState.IN_REVIEW: [CaseState.IN_REVIEW],
    CaseState.DECIDED: [CaseState.IN_REVIEW, CaseState.DECIDED],
    CaseState.MERGED: [CaseState.MERGED],
}
PAIRS = [(was, becomes) for was in CaseState for becomes in CaseState if was != becomes]
RAW = """
UPDATE cases_case SET state = %(to)s,
  decided_at = CASE WHEN %(to)s = 'decided' THEN now() END,
  merged_into_id = CASE WHEN %(to)s = 'merged' THEN %(other)s::uuid END
WHERE id = %(case)s
"""


def raw(case: Case, to: str, other: Case) -> None:
    with connection.cursor() as cursor:
        cursor.execute(RAW, {"to": to, "case": case.pk, "other": other.pk})


@pytest.mark.parametrize(("was", "becomes"), PAIRS)
def test_the_database_allows_what_the_table_allows_and_nothing_else(
    was: CaseState, becomes: CaseState, opened: Callable[..., Case]
) -> None:
    case, other = opened(), opened()
    for step in PATHS[was]:
        raw(case, step, other)

    if CASE_MOVES.allows(was, becomes):
        raw(case, becomes, other)
        case.refresh_from_db()
        assert case.state == becomes
        return
    with pytest.raises(IntegrityError, match="cannot go from"), transaction.atomic():
        raw(case, becomes, other)
    case.refresh_from_db()
    with pytest.raises(Conflict):
        case_move(case=case, to=becomes, actor="system")


def test_a_case_begins_open(opened: Callable[..., Case]) -> None:
    case = opened()
    with (
        pytest.raises(IntegrityError, match="cannot begin as in_review"),
        connection.cursor() as cursor,
    ):
        cursor.execute(
            "INSERT INTO cases_case SELECT (jsonb_populate_record(c, jsonb_build_object("
            "'id', gen_random_uuid(), 'number', 999999, 'state', 'in_review', 'target', ''))).* "
            "FROM cases_case c WHERE id = %s",
            [case.pk],
        )
