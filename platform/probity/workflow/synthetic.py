"""Made-up cases in great number, to see how an installation behaves under load.

Straight into the tables, so that a million takes minutes: reports, files that are said to have been
analysed, clocks and decisions, but no audit chain, no media, no evaluation, no statement. The same
seed makes the same cases. Only ever on an installation without real ones.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from random import Random
from typing import Any

from django.db import connection, models, transaction

from probity.audit.services import SYSTEM_CHAIN, event_append
from probity.cases.models import Case, Queue
from probity.core.clock import now
from probity.core.errors import Conflict

from .bare_tables import bare_tables
from .synthetic_copies import copies_make, originals_keep, words_make
from .synthetic_rows import TABLES, Maker, deciders

#: So many are made one by one; the database copies them.
ORIGINALS = 20_000
COUNT_MAX = 20_000_000
QUEUES = (("synthetic-fast", "Made up: fast"), ("synthetic-fraud", "Made up: fraud"))
#: What the database guards and keeps by itself is either true of these rows or built at the end.
TOUCHED = (*TABLES, "search_piece", "search_case", "search_tally")


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
    rng = Random(seed)  # noqa: S311 - no secret is made of it
    queues = [_queue(key, title) for key, title in QUEUES] + [_queue("general", "General")]
    maker = Maker(rng=rng, at=now(), queues=[queue.pk for queue in queues], people=deciders())
    with bare_tables(TOUCHED):
        made = _rows(maker, count, undecided, say)
        say("Indexes …")
    with transaction.atomic():
        event_append(
            chain=SYSTEM_CHAIN, name="instance.synthetic", actor="system",
            payload={"cases": count, "seed": seed},
        )  # fmt: skip
    with connection.cursor() as cursor:
        # in a transaction (a test's) nothing can be vacuumed
        cursor.execute("ANALYZE" if connection.in_atomic_block else "VACUUM ANALYZE")
    return made


def _rows(maker: Maker, count: int, undecided: float, say: Callable[[str], None]) -> dict[str, int]:
    """The originals through COPY, as many copies of them as it takes, and what is left over."""
    times = -(-count // ORIGINALS)
    originals, over = divmod(count, times)
    first = _numbers(count)
    made = dict.fromkeys(TABLES, 0)

    def add(more: Mapping[str, int]) -> None:
        made.update({table: made[table] + more[table] for table in made})
        say(f"{made['cases_case']:,} of {count:,} cases")

    add(_written(maker, range(first, first + originals), undecided))
    originals_keep(first=first, count=originals)
    for copy in range(1, times):
        add(copies_make(copy=copy, step=copy * originals))
    if over:
        add(_written(maker, range(first + count - over, first + count), undecided))
    say("Words for the search …")
    words_make(first=first, count=originals, copies=times - 1)
    return made


def _written(maker: Maker, numbers: Sequence[int], undecided: float) -> dict[str, int]:
    rows = maker.make(numbers=list(numbers), waiting=round(undecided * len(numbers)))
    with connection.cursor() as cursor:
        for model in TABLES.values():
            _copy(cursor, model, rows[model._meta.db_table])
    return {table: len(found) for table, found in rows.items()}


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


def _numbers(count: int) -> int:
    """The first of so many numbers in a row; nobody else opens cases here meanwhile."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('cases_number')")
        first = int(cursor.fetchone()[0])
        cursor.execute("SELECT setval('cases_number', %s)", [first + count - 1])
    return first


def _queue(key: str, title: str) -> Queue:
    return Queue.objects.get_or_create(key=key, defaults={"title": title})[0]
