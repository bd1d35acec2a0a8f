"""Keeping the points of 100,000 waiting cases current, each with four running clocks.

Ours is the sweep that runs every minute: what bears on each case is read, its points are worked out
with their reasons, and written. The baseline writes as many cases as bare as can be, batch by
batch, in the same run. All are due at once, as after a lead has weighed anew.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from benchmarks import stage
from benchmarks.figures import Figure, keep

CASES = 100_000
SWEPT = 20_000
BATCH = 500

CASE_ROWS = """
INSERT INTO cases_case (
  id, number, state, category, places, opened_at, due_at, due_for, demonstration, queue_id,
  queue_fixed, language, target, version, priority, priority_why, priority_next_at,
  paused_seconds, waiting_for
)
SELECT gen_random_uuid(), 10000 + n, 'open', (ARRAY['intimate', 'election', 'other'])[1 + n %% 3],
  CASE WHEN n %% 2 = 0 THEN '{}' ELSE '{DE}'::text[] END, now() - n * interval '1 second',
  now() + (n %% 997) * interval '1 minute', 'Removal', '', %s, false, '', '', 0, n %% 211, '[]',
  now(), 0, ''
FROM generate_series(1, %s) n
"""
REPORT_ROWS = """
INSERT INTO cases_report (
  id, case_id, channel, category, places, explanation, url, language, received_at,
  receipt_digest, sender_kind, target, claimed_sha256, signed, salts
)
SELECT gen_random_uuid(), id, 'api', category, places, 'Made up.', '', '', opened_at,
  encode(sha256(id::text::bytea), 'hex'), 'public', '', '', false, '{}' FROM cases_case
"""
CLOCK_ROWS = """
INSERT INTO cases_clock (
  id, case_id, rule, duty, title, provisional, service, pausable, started_at, warn_at, due_at,
  ended_why
)
SELECT gen_random_uuid(), id, 'made-up-' || kind, 'decide', 'Made-up duty', kind IN (1, 3),
  kind > 1, false, opened_at,
  due_at + kind * interval '1 hour', due_at + kind * interval '9 hours', ''
FROM cases_case, generate_series(0, 3) kind
"""
BARE = """
UPDATE cases_case SET priority = priority + 1, priority_next_at = now() + interval '1 hour'
WHERE id IN (
  SELECT id FROM cases_case WHERE priority_next_at <= now() LIMIT %s FOR UPDATE SKIP LOCKED
)
"""
DUE = "UPDATE cases_case SET priority_next_at = now()"


def main() -> list[Figure]:
    """Fill, sweep some of it, and write as much bare."""
    stage.django_begin()
    _fill()
    bare, ours = _rate(_bare), _rate(_ours)
    print(f"queue_sweep: {CASES:,} cases due at once take {CASES / ours:.0f} s")
    figures = [
        Figure("cases whose points are kept", ours, bare, "cases/s", "bare update", "higher")
    ]
    keep("queue_sweep", figures)
    return figures


def _fill() -> None:
    from django.db import connection, transaction

    from probity.cases.queues import queue_general
    from probity.workflow.bare_tables import bare_tables

    tables = ["cases_case", "cases_report", "cases_clock"]
    with transaction.atomic(), bare_tables(tables), connection.cursor() as cursor:
        cursor.execute(CASE_ROWS, [queue_general().pk, CASES])
        cursor.execute(REPORT_ROWS)
        cursor.execute(CLOCK_ROWS)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


def _rate(sweep: Callable[[], int]) -> float:
    """Cases in a second, everything being due."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(DUE)
        cursor.execute("VACUUM ANALYZE cases_case")
    begun = time.perf_counter()
    done = sweep()
    return done / (time.perf_counter() - begun)


def _bare() -> int:
    from django.db import connection

    with connection.cursor() as cursor:
        for _ in range(SWEPT // BATCH):
            cursor.execute(BARE, [BATCH])
    return SWEPT


def _ours() -> int:
    from probity.cases.prioritising import priorities_sweep

    return priorities_sweep(most=SWEPT)
