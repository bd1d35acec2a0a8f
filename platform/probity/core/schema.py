"""Which migrations a database was made with, and whether it still fits this product.

A migration's name says too little: one that was rewritten keeps it. So a digest of what each
migration does is noted in the database itself, as the comment of the table ``django_migrations``;
there it goes along with every dump. What changes no table (a label, a help text) is left out.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.metadata import version
from typing import Any, ClassVar

from django.apps import apps
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.db.models import Field
from psycopg import sql

from foundation.home import home

from .errors import Refusal
from .launch.places import socket_folder

DISTRIBUTION = "probity-platform"
OURS = "probity."
DIGEST_LETTERS = 16
NAMED = 3


class TablesDoNotFit(Refusal):
    """The tables were made by a version of Probity that this one cannot go on from."""

    code: ClassVar[str] = "tables-do-not-fit"
    status: ClassVar[int] = 409


@dataclass(frozen=True)
class Note:
    """What the database says of itself: the product's version, and digests by migration."""

    product: str = ""
    migrations: Mapping[str, str] = field(default_factory=dict)


def schema_check() -> None:
    """Let an empty database pass, and one that this product can migrate forward.

    Raises TablesDoNotFit with one sentence that says which home, what is different, what to do.
    """
    applied = _applied()
    if not applied:
        return
    noted, known = schema_noted(), migration_digests()
    later = sorted(name for name in applied if name not in known)
    rewritten = sorted(
        name for name in applied if name in known and noted.migrations.get(name) != known[name]
    )
    if later:
        raise TablesDoNotFit(
            _sentence(noted, f"they hold {_named(later)}, which is not known here")
        )
    if rewritten and not noted.migrations:
        raise TablesDoNotFit(_sentence(noted, "they bear no note of what made them"))
    if rewritten:
        verb = "was" if len(rewritten) == 1 else "were"
        raise TablesDoNotFit(_sentence(noted, f"{_named(rewritten)} {verb} rewritten since"))


def schema_behind() -> bool:
    """Whether a migration waits for its turn on these tables; finding out is much the quicker part
    of migrating."""
    executor = MigrationExecutor(connection)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def schema_note() -> None:
    """Note this product's migrations, as the owner; before they run, so that a broken-off
    migration can go on."""
    MigrationRecorder(connection).ensure_schema()
    text = json.dumps({"product": version(DISTRIBUTION), "migrations": migration_digests()})
    with connection.cursor() as cursor:
        comment = sql.SQL("COMMENT ON TABLE django_migrations IS {}").format(sql.Literal(text))
        cursor.execute(comment.as_string(cursor.connection))


def schema_noted() -> Note:
    """The note in the database; empty where there is none that can be read."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT obj_description(to_regclass('django_migrations'), 'pg_class')")
        row = cursor.fetchone()
    try:
        said = json.loads(row[0] or "{}") if row else {}
        return Note(str(said.get("product", "")), dict(said.get("migrations", {})))
    except (ValueError, AttributeError, TypeError):
        return Note()


@cache
def migration_digests() -> dict[str, str]:
    """What each of Probity's own migrations does to the tables, as a digest by its name."""
    found = {}
    for (app, name), migration in sorted(_on_disk().items()):
        said = json.dumps([_plain(step.deconstruct()) for step in migration.operations])
        found[f"{app}.{name}"] = hashlib.sha256(said.encode()).hexdigest()[:DIGEST_LETTERS]
    return found


def _on_disk() -> dict[tuple[str, str], Any]:
    loaded = MigrationLoader(None).disk_migrations
    return {key: migration for key, migration in loaded.items() if key[0] in _rooms()}


def _applied() -> list[str]:
    rows = MigrationRecorder(connection).applied_migrations()
    return [f"{app}.{name}" for app, name in rows if app in _rooms()]


def _rooms() -> set[str]:
    return {config.label for config in apps.get_app_configs() if config.name.startswith(OURS)}


def _plain(value: object) -> object:
    """An operation's parts as JSON-plain data that is the same in every process."""
    if isinstance(value, Field):
        _, path, arguments, options = value.deconstruct()
        kept = {name: one for name, one in options.items() if name not in _UNSEEN}
        return [path, _plain(arguments), _plain(kept)]
    if isinstance(value, Mapping):
        return {str(name): _plain(value[name]) for name in sorted(value)}
    if isinstance(value, (list, tuple)):
        return [_plain(one) for one in value]
    if isinstance(value, (set, frozenset)):
        return sorted(str(_plain(one)) for one in value)
    if hasattr(value, "__qualname__"):
        return f"{value.__module__}.{value.__qualname__}"
    if hasattr(value, "deconstruct"):
        return _plain(value.deconstruct())
    return repr(value)


#: Of a field, what the database never sees.
_UNSEEN = {
    "choices", "editable", "error_messages", "help_text", "limit_choices_to", "related_name",
    "related_query_name", "validators", "verbose_name",
}  # fmt: skip


def _named(names: list[str]) -> str:
    more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
    return ", ".join(names[:NAMED]) + more


def _sentence(noted: Note, what: str) -> str:
    here, place = version(DISTRIBUTION), home()
    made_by = (
        f"made by Probity {noted.product}, and this is {here}"
        if noted.product not in {"", here}
        else f"made by another state of Probity {here} than this one"
    )
    if connection.settings_dict["HOST"] == str(socket_folder(place)):
        return (
            f"The home {place} has tables that do not fit: they were {made_by}; {what}. Nothing "
            "was changed. Set the home aside with `python -m probity set-aside` (nothing is "
            "deleted) and start afresh, or start with another home (`python -m probity up --home "
            "FOLDER`), or run the version that made it."
        )
    return (
        f"The database {connection.settings_dict['NAME']} that DATABASE_URL names has tables that "
        f"do not fit: they were {made_by}; {what}. Nothing was changed. Name another database, or "
        "run the version that made it."
    )
