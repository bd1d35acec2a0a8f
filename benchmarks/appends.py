"""Audit appends to case chains against plain inserts of the same rows, one client and eight."""

from __future__ import annotations

import subprocess
import sys
import time

from benchmarks import stage
from benchmarks.figures import Figure, keep

SECONDS = 4.0
CLIENTS = (1, 8)


def main() -> list[Figure]:
    """Measure both kinds for each number of clients, in turn."""
    stage.django_begin()
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TABLE bench_event (id bigserial PRIMARY KEY, chain text, seq bigint,"
            " name text, at timestamptz, actor text, payload jsonb)"
        )
    figures = [
        Figure(
            f"audit appends, a chain per case, {clients} client{'s' if clients > 1 else ''}",
            _race("chained", clients), _race("plain", clients),
            "events/s", "plain inserts", "higher",
        )
        for clients in CLIENTS
    ]  # fmt: skip
    keep("appends", figures)
    return figures


def _race(kind: str, clients: int) -> float:
    running = [
        subprocess.Popen(
            [sys.executable, "-m", "benchmarks.appends", kind, str(number)],
            stdout=subprocess.PIPE, text=True,
        )
        for number in range(clients)
    ]  # fmt: skip
    return sum(float(client.communicate()[0]) for client in running)


def _client(kind: str, number: str) -> None:
    import django

    django.setup()
    append = _chained if kind == "chained" else _plain
    append(f"case:bench-{number}", 0)
    begun, count = time.perf_counter(), 0
    while time.perf_counter() - begun < SECONDS:
        count += 1
        append(f"case:bench-{number}-{count % 50}", count)
    print(count / (time.perf_counter() - begun))


def _chained(chain: str, count: int) -> None:
    from django.db import transaction

    from probity.audit.services import event_append

    with transaction.atomic():
        event_append(
            chain=chain,
            name="case.state",
            actor="system",
            payload={"was": "open", "now": str(count)},
        )


def _plain(chain: str, count: int) -> None:
    import json

    from django.db import connection, transaction

    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO bench_event (chain, seq, name, at, actor, payload)"
            " VALUES (%s, %s, 'case.state', now(), 'system', %s)",
            [chain, count, json.dumps({"was": "open", "now": str(count)})],
        )


if __name__ == "__main__":
    _client(sys.argv[1], sys.argv[2])
