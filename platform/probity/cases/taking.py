"""Taking the most urgent case: one statement picks it, locks it, moves it and begins the claim.

Under load this sets the pace of everybody who works, so it is written in SQL. The constraints and
triggers of the tables hold as for any other write; the audit event is the caller's.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Q

from probity.core.prepared import prepared

from .access import visible
from .models import Case, CaseClaim

#: ``rest`` is a break that the person is on: then there is nothing for them. ``sent`` is what
#: waits for this person by name; ``free`` the best of what anybody may take.
#: Rows that another transaction holds are passed over, never waited for.
TAKE = """
WITH rest AS (
  SELECT FROM care_break WHERE person_id = %s AND ended_at IS NULL
), sent AS (
  SELECT id, first_action_at, true AS kept FROM cases_case
  WHERE kept_for_id = %s AND state = 'open' AND removed_at IS NULL AND snoozed_until IS NULL
    AND NOT EXISTS (SELECT FROM rest)
  ORDER BY priority DESC, due_at, opened_at, id LIMIT 1 FOR UPDATE SKIP LOCKED
), free AS (
  SELECT id, first_action_at, false AS kept FROM cases_case
  WHERE state = 'open' AND removed_at IS NULL AND snoozed_until IS NULL AND kept_for_id IS NULL
    AND NOT EXISTS (SELECT FROM rest) AND NOT EXISTS (SELECT FROM sent) AND {within}
    AND id <> ALL (ARRAY(SELECT case_id FROM cases_skip WHERE person_id = %s AND until > %s))
  ORDER BY priority DESC, due_at, opened_at, id LIMIT 1 FOR UPDATE SKIP LOCKED
), next AS (
  SELECT * FROM sent UNION ALL SELECT * FROM free
), moved AS (
  UPDATE cases_case SET state = 'in_review', first_action_at = coalesce(next.first_action_at, %s)
  FROM next WHERE cases_case.id = next.id
), begun AS (
  INSERT INTO cases_claim (id, case_id, person_id, since, until, ended_why)
  SELECT %s, id, %s, %s, %s, '' FROM next
)
SELECT id, kept, first_action_at IS NULL AND EXISTS (
  SELECT FROM cases_clock WHERE case_id = next.id AND ended_at IS NULL AND service
    AND duty = 'first_action'
) FROM next
"""


@dataclass(frozen=True)
class Taken:
    """A case that was taken: whether it had been sent to the person by name, and whether a target
    for the first look at it ran until now."""

    case_id: UUID
    was_sent: bool
    look_ran: bool


def next_take(*, claim: CaseClaim, queue_id: UUID | None) -> Taken | None:
    """Begin ``claim`` on the most urgent open case its person may take; None when none waits,
    or the person is on a break.

    Sets the claim's case. Must run in the transaction that writes the event.
    """
    within = visible(claim.person) & (Q(queue=queue_id) if queue_id else Q())
    condition, values = _condition(within)
    person, moment = claim.person_id, claim.since
    rows = prepared(
        TAKE.format(within=condition),
        [person, person, *values, person, moment, moment, claim.pk, person, moment, claim.until],
    )
    if not rows:
        return None
    taken = Taken(*rows[0])
    claim.case_id = taken.case_id
    claim._state.adding = False
    return taken


def _condition(within: Q) -> tuple[str, Sequence[Any]]:
    """The SQL of a condition on cases, with its values."""
    if not within:
        return "true", ()
    query = Case.objects.filter(within).query
    try:
        sql, values = query.get_compiler(connection=connection).compile(query.where)
    except EmptyResultSet:
        return "false", ()
    return str(sql), values
