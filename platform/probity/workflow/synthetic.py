"""Made-up cases in great number, to see how an installation behaves under load.

Straight into the tables, so that a million takes minutes: no audit chain, no media, no evaluation,
no statement. The same seed makes the same cases. Only ever on an installation without real ones.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from random import Random
from typing import Any

from django.db import ProgrammingError, connection, models, transaction

from probity.audit.services import SYSTEM_CHAIN, event_append
from probity.cases.models import Case, Queue
from probity.core.clock import now
from probity.core.errors import Conflict, NotAllowed
from probity.search.keeping import words_rebuild

from .synthetic_rows import TABLES, Maker, deciders

PART = 50_000
COUNT_MAX = 20_000_000
QUEUES = (("synthetic-fast", "Made up: fast"), ("synthetic-fraud", "Made up: fraud"))
#: What the database guards and keeps by itself is either true of these rows or built at the end.
GUARDED = (
    "cases_case", "cases_report", "cases_evidence_item", "decisions_decision", "decisions_standing",
    "decisions_measure",
)  # fmt: skip


def synthetic_load(
    *, count: int, seed: int, undecided: float, say: Callable[[str], None]
) -> dict[str, int]:
    """Make ``count`` cases, a share of them ``undecided`` (0-1); how many rows of each table.

    Raises Conflict where there is a real case, or for an impossible number; NotAllowed for a role
    that does not own the tables.
    """
    if not 1 <= count <= COUNT_MAX or not 0 <= undecided <= 1:
        raise Conflict(f"Ask for 1 to {COUNT_MAX:,} cases, and for a share from 0 to 1.")
    if Case.objects.filter(demonstration="").exists():
        raise Conflict(
            "This installation holds cases. Made-up ones never join real ones: use a new, empty "
            "installation (another PROBITY_HOME or database)."
        )
    rng, made = Random(seed), dict.fromkeys(TABLES, 0)  # noqa: S311 - no secret is made of it
    queues = [_queue(key, title) for key, title in QUEUES] + [_queue("general", "General")]
    people = deciders()
    maker = Maker(rng=rng, at=now(), queues=[queue.pk for queue in queues], people=people)
    for begin in range(0, count, PART):
        part = min(PART, count - begin)
        waiting = round(undecided * (begin + part)) - round(undecided * begin)
        for table, rows in _part(maker, part, waiting).items():
            made[table] += rows
        say(f"{begin + part:,} of {count:,} cases")
    say("Words for the search …")
    words_rebuild()
    with transaction.atomic():
        event_append(
            chain=SYSTEM_CHAIN, name="instance.synthetic", actor="system",
            payload={"cases": count, "seed": seed},
        )  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return made


@transaction.atomic
def _part(maker: Maker, count: int, waiting: int) -> dict[str, int]:
    """One part in one transaction: the guards stand again before anybody can see it."""
    rows = maker.make(numbers=_numbers(count), waiting=waiting)
    with connection.cursor() as cursor:
        for table in GUARDED:
            _guards(cursor, table, "DISABLE")
        for model in TABLES.values():
            _copy(cursor, model, rows[model._meta.db_table])
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table in GUARDED:
            _guards(cursor, table, "ENABLE")
    return {table: len(found) for table, found in rows.items()}


def _guards(cursor: Any, table: str, state: str) -> None:
    try:
        cursor.execute(f"ALTER TABLE {table} {state} TRIGGER USER")
    except ProgrammingError:
        raise NotAllowed(
            "Only the owner of the tables makes up cases; the role that serves may not. Run it "
            "through manage.py, with DATABASE_OWNER_URL where the database is your own."
        )


def _copy(cursor: Any, model: type[models.Model], rows: Iterable[Mapping[str, object]]) -> None:
    """Send rows through COPY; a column that a row does not name gets the field's default."""
    fields = model._meta.concrete_fields
    presets = {field.attname: _preset(field) for field in fields}
    names = ", ".join(f'"{field.column}"' for field in fields)
    with cursor.copy(f"COPY {model._meta.db_table} ({names}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row([row.get(name, preset) for name, preset in presets.items()])


def _preset(field: models.Field[Any, Any]) -> object:
    value = field.get_default()
    if value == "" and field.null:
        return None
    return json.dumps(value) if isinstance(field, models.JSONField) else value


def _numbers(count: int) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('cases_number') FROM generate_series(1, %s)", [count])
        return [row[0] for row in cursor.fetchall()]


def _queue(key: str, title: str) -> Queue:
    return Queue.objects.get_or_create(key=key, defaults={"title": title})[0]
