"""Case claims by eight clients at once: none twice, and how many a second against bare SQL."""

from __future__ import annotations

import subprocess
import sys
import time
from collections import Counter

from benchmarks import stage
from benchmarks.figures import Figure, keep

CLIENTS = 8
CASES = 1_600

BARE = """
WITH next AS (
  SELECT id FROM bench_case WHERE holder IS NULL ORDER BY id FOR UPDATE SKIP LOCKED LIMIT 1
) UPDATE bench_case SET holder = %s FROM next WHERE bench_case.id = next.id RETURNING bench_case.id
"""


def main() -> list[Figure]:
    """Fill a queue twice and empty it twice: by our service and by one bare statement."""
    stage.django_begin()
    _fill()
    ours, taken = _race("ours")
    doubles = sum(count - 1 for count in Counter(taken).values())
    bare, bare_taken = _race("bare")
    print(f"claims: {len(taken)} by {CLIENTS} clients, {doubles} taken twice")
    if doubles or len(taken) != CASES or len(bare_taken) != CASES:
        raise SystemExit("A case was claimed twice or not at all.")
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

    from probity.accounts.services import person_create
    from probity.cases.models import Case
    from probity.core.clock import now

    for number in range(CLIENTS):
        person_create(username=f"client-{number}", roles=["reviewer"])
    Case.objects.bulk_create(
        [Case(number=10_000 + number, category="other", opened_at=now()) for number in range(CASES)]
    )
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE bench_case (id int PRIMARY KEY, holder text)")
        cursor.execute("INSERT INTO bench_case SELECT generate_series(1, %s), NULL", [CASES])


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
    begun = time.perf_counter()
    for client in clients:
        assert client.stdin is not None
        client.stdin.write("go\n")
        client.stdin.flush()
    taken = [line for client in clients for line in client.communicate()[0].split()]
    return len(taken) / (time.perf_counter() - begun), taken


def _client(kind: str, number: str) -> None:
    import django

    django.setup()
    take = _ours(number) if kind == "ours" else _bare(number)
    print("ready", flush=True)
    sys.stdin.readline()
    taken = []
    while (case := take()) is not None:
        taken.append(case)
    print("\n".join(taken), flush=True)


def _ours(number: str):  # type: ignore[no-untyped-def]
    from probity.accounts.actors import person_actor
    from probity.accounts.models import Person
    from probity.cases.claims import next_case_claim

    actor = person_actor(Person.objects.get(username=f"client-{number}"))

    def take() -> str | None:
        claim = next_case_claim(actor=actor)
        return str(claim.case_id) if claim else None

    return take


def _bare(number: str):  # type: ignore[no-untyped-def]
    from django.db import connection, transaction

    def take() -> str | None:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(BARE, [number])
            row = cursor.fetchone()
        return str(row[0]) if row else None

    return take


if __name__ == "__main__":
    _client(sys.argv[1], sys.argv[2])
