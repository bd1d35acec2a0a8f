"""Case claims by eight clients at once on 100,000 open cases: none twice, and how many a second.

Ours is what "take the next case" does: the queue's order, the claim under its constraint, the move
to "in review", one chained audit event. The baseline is one bare statement on a bare table of as
many rows with the same order and index, in the same run.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable

from benchmarks import stage
from benchmarks.figures import Figure, keep

CLIENTS = 8
CASES = 100_000
SECONDS = 8.0

BARE = """
WITH next AS (
  SELECT id FROM bench_case WHERE holder IS NULL
  ORDER BY priority DESC, due_at, opened_at, id FOR UPDATE SKIP LOCKED LIMIT 1
) UPDATE bench_case SET holder = %s FROM next WHERE bench_case.id = next.id RETURNING bench_case.id
"""
FILL = """
INSERT INTO cases_case (
  id, number, state, category, places, opened_at, due_at, due_for, demonstration, queue_id,
  queue_fixed, language, target, version, priority, priority_why, paused_seconds, waiting_for
)
SELECT gen_random_uuid(), 10000 + n, 'open', 'other', '{}', now() - n * interval '1 second',
  now() + (n %% 997) * interval '1 minute', 'Removal', '', %s, false, '', '', 0, n %% 211, '[]', 0,
  ''
FROM generate_series(1, %s) n
"""
BARE_TABLE = """
CREATE TABLE bench_case AS SELECT id, priority, due_at, opened_at, NULL::text AS holder
  FROM cases_case;
ALTER TABLE bench_case ADD PRIMARY KEY (id);
CREATE INDEX bench_case_next ON bench_case (priority DESC, due_at, opened_at, id)
  WHERE holder IS NULL;
"""


def main() -> list[Figure]:
    """Have eight clients take cases for some seconds: by our service and by one bare statement."""
    stage.django_begin()
    _fill()
    bare, _ = _race("bare")
    ours, taken = _race("ours")
    doubles = sum(count - 1 for count in Counter(taken).values())
    print(f"claims: {len(taken)} by {CLIENTS} clients on {CASES} cases, {doubles} taken twice")
    if doubles or not taken:
        raise SystemExit("A case was claimed twice, or none at all.")
    figures = [
        Figure(
            "claims with state, constraint and audit event", ours, bare,
            "claims/s", "bare SKIP LOCKED update", "higher",
        )
    ]  # fmt: skip
    keep("claims", figures)
    return figures


def _fill() -> None:
    from django.db import connection

    from foundation.chain import genesis
    from probity.accounts.services import person_create
    from probity.audit.services import case_chain
    from probity.cases.queues import queue_general

    for number in range(CLIENTS):
        person_create(username=f"client-{number}", roles=["reviewer"])
    with connection.cursor() as cursor:
        cursor.execute(FILL, [queue_general().pk, CASES])
        cursor.execute(BARE_TABLE)
        cursor.execute("SELECT id FROM cases_case")
        chains = [case_chain(key) for (key,) in cursor.fetchall()]
        with cursor.copy("COPY audit_chain (name, events, head) FROM STDIN") as rows:
            for chain in chains:
                rows.write_row((chain, 0, genesis(chain)))
        cursor.execute("VACUUM ANALYZE cases_case")
        cursor.execute("VACUUM ANALYZE bench_case")


def _race(kind: str) -> tuple[float, list[str]]:
    clients = [
        subprocess.Popen(
            [sys.executable, "-m", "benchmarks.claims", kind, str(number)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )
        for number in range(CLIENTS)
    ]  # fmt: skip
    for client in clients:
        assert client.stdout is not None
        client.stdout.readline()
    for client in clients:
        assert client.stdin is not None
        client.stdin.write("go\n")
        client.stdin.flush()
    told = [client.communicate()[0].split() for client in clients]
    taken = [case for _, *cases in told for case in cases]
    return sum(len(cases) / float(seconds) for seconds, *cases in told), taken


def _client(kind: str, number: str) -> None:
    import django

    django.setup()
    take = _ours(number) if kind == "ours" else _bare(number)
    print("ready", flush=True)
    sys.stdin.readline()
    begun = time.perf_counter()
    taken = []
    while time.perf_counter() < begun + SECONDS and (case := take()) is not None:
        taken.append(case)
    print("\n".join([str(time.perf_counter() - begun), *taken]), flush=True)


def _ours(number: str) -> Callable[[], str | None]:
    from probity.accounts.actors import person_actor
    from probity.accounts.models import Person
    from probity.cases.claims import next_case_claim

    actor = person_actor(Person.objects.get(username=f"client-{number}"))

    def take() -> str | None:
        claim = next_case_claim(actor=actor)
        return str(claim.case_id) if claim else None

    return take


def _bare(number: str) -> Callable[[], str | None]:
    from django.db import connection, transaction

    def take() -> str | None:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(BARE, [number])
            row = cursor.fetchone()
        return str(row[0]) if row else None

    return take


if __name__ == "__main__":
    _client(sys.argv[1], sys.argv[2])
