"""Every machine of states: each pair of states is a move of its table, or the database refuses it.

Rows are made of the barest columns and taken back before anybody checks what they refer to; where
a case and a decision may go has tests with whole rows in their own rooms.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone
from psycopg.types.json import Jsonb

from probity.accounts.models import RESET_MOVES
from probity.analysis.models import JOB_MOVES, RUN_MOVES
from probity.bulk.models import ITEM_MOVES
from probity.bulk.models import RUN_MOVES as BULK_MOVES
from probity.bundles.models import EXPORT_MOVES
from probity.contests.misuse_models import FACTORS, SUSPENSION_MOVES
from probity.contests.models import APPEAL_MOVES
from probity.contests.referral_models import REFERRAL_MOVES
from probity.core.moves import Moves
from probity.credentials.models import STEP_MOVES
from probity.evidence.models import LIFT_MOVES
from probity.keeping.models import ERASURE_MOVES, NOTE_MOVES
from probity.matching.models import CARRY_MOVES
from probity.notices.models import ENTRY_MOVES
from probity.outbox.models import MESSAGE_MOVES

pytestmark = pytest.mark.django_db
NOW = timezone.now()
WHO, OTHER, PARTY = uuid4(), uuid4(), uuid4()
PLAIN: dict[str, Any] = {
    "uuid": WHO, "character varying": "", "text": "", "timestamp with time zone": NOW,
    "boolean": False, "integer": 1, "smallint": 1, "bigint": 1, "double precision": 0.0,
    "jsonb": Jsonb({}), "ARRAY": [], "bytea": b"", "date": NOW.date(),
}  # fmt: skip
Dress = Callable[[str], dict[str, Any]]


def undressed(_: str) -> dict[str, Any]:
    """A state that needs nothing beside it."""
    return {}


def when(*states: str, **columns: Any) -> Dress:
    """Columns that are set in these states and empty in all others."""
    return lambda state: columns if state in states else dict.fromkeys(columns)


def all_of(*dresses: Dress) -> Dress:
    """Several rules at once."""
    return lambda state: {name: value for each in dresses for name, value in each(state).items()}


@dataclass(frozen=True)
class Machine:
    """A table of moves with what a row needs to stand in each of its states."""

    table: str
    moves: Moves
    dress: Dress = undressed
    column: str = "state"
    row: dict[str, Any] = field(default_factory=dict)


def lift_dress(outcome: str) -> dict[str, Any]:
    """Who settled a proposal to lift a seal: its own maker only by taking it back."""
    by = {"agreed": OTHER, "refused": OTHER, "withdrawn": WHO}.get(outcome)
    said = uuid4() if outcome == "refused" else None
    return {"settled_at": NOW if outcome else None, "settled_by_id": by, "settled_note": said}


LATER = NOW + timedelta(days=1)
DECIDED = ("refused", "approved", "held", "partly", "done")
MACHINES = [
    Machine(
        "outbox_message", MESSAGE_MOVES, row={"channel": "mail"},
        dress=all_of(when("sending", lease_until=NOW), when("sent", "dead", ended_at=NOW)),
    ),
    Machine(
        "analysis_job", JOB_MOVES,
        dress=all_of(
            when("leased", lease_until=NOW), when("done", "failed", "cancelled", ended_at=NOW)
        ),
    ),
    Machine("analysis_run", RUN_MOVES),
    Machine("bundles_export", EXPORT_MOVES, dress=lambda state: {"sha256": "0" if state else ""}),
    Machine("bulk_run", BULK_MOVES, row={"reason": "All the same."}),
    Machine("bulk_item", ITEM_MOVES),
    Machine(
        "keeping_erasure", ERASURE_MOVES,
        dress=all_of(
            lambda state: {"ground": "law" if state == "refused" else ""},
            when("refused", "done", ended_at=NOW),
            when(*DECIDED, decided_at=NOW, decided_by_id=WHO),
        ),
    ),
    Machine(
        "contests_appeal", APPEAL_MOVES, row={"side": "uploader", "kind": "appeal"},
        dress=all_of(
            when("taken", person_id=OTHER, taken_until=NOW), when("closed", closed_at=NOW)
        ),
    ),
    Machine(
        "contests_suspension", SUSPENSION_MOVES,
        row={
            "uploader_id": PARTY, "proposed_at": LATER, "warned_at": NOW,
            "factors": Jsonb(dict.fromkeys(FACTORS, "Weighed.")),
        },
        dress=all_of(
            when("refused", "in_force", "over", second_id=OTHER),
            when("in_force", "over", starts_at=NOW, ends_at=LATER),
            when("refused", "over", ended_at=LATER),
        ),
    ),
    Machine(
        "contests_referral", REFERRAL_MOVES,
        dress=lambda state: {"second_id": None if state == "proposed" else OTHER},
    ),
    Machine(
        "notices_transparency_entry", ENTRY_MOVES,
        dress=lambda state: {"ended_at": None if state == "sending" else NOW},
    ),
    Machine("credentials_check", STEP_MOVES, column="step"),
    Machine(
        "credentials_work", STEP_MOVES, column="step",
        row={"sha256": "0", "manifest_id": "urn:c2pa:1"},
    ),
    Machine(
        "matching_carry", CARRY_MOVES, column="outcome",
        dress=lambda state: {"ended_at": NOW if state else None},
    ),
    Machine(
        "keeping_note_review", NOTE_MOVES, column="answer",
        dress=when("kept", "removed", answered_at=NOW, answered_by_id=WHO),
    ),
    Machine(
        "accounts_factor_reset", RESET_MOVES, column="outcome", row={"person_id": PARTY},
        dress=when("approved", "refused", "withdrawn", settled_at=NOW, settled_by_id=OTHER),
    ),
    Machine(
        "evidence_seal_lift", LIFT_MOVES, column="outcome", row={"asset_id": "0", "person_id": WHO},
        dress=lift_dress,
    ),
]  # fmt: skip
#: Moments that are set once, and tables whose constraints want something beside them.
ONCE = {
    "accounts_grant.ended_at", "accounts_grant.noticed_at", "accounts_session.ended_at",
    "accounts_token.revoked_at", "bundles_counsel_link.revoked_at", "bundles_export.destroyed_at",
    "bulk_run.forgotten_at", "care_break.ended_at", "cases_claim.ended_at",
    "cases_clock.breached_at",
    "cases_clock.ended_at", "cases_clock.warned_at", "cases_handover.ended_at",
    "cases_report.request_confirmed_at",
    "contests_appeal.breached_at", "contests_appeal.erased_at", "contests_appeal.warned_at",
    "contests_appeal_ruling.fell_at", "contests_manifest.withdrawn_at",
    "credentials_identity.revoked_at", "credentials_work.withdrawn_at", "notices_hold.ended_at",
    "notices_notice.forgotten_at", "outbox_message.forgotten_at",
    "parties_sender_binding.ended_at", "parties_uploader.erased_at",
}  # fmt: skip
BESIDE: dict[str, dict[str, Any]] = {
    "bulk_run": {"state": "waiting", "reason": "All the same."},
    "accounts_session": {"ended_why": "signed out"},
    "cases_clock": {"ended_at": NOW, "ended_why": "decided"},
    "cases_handover": {"sender_id": OTHER},
    "contests_appeal": {"side": "uploader", "kind": "appeal", "state": "waiting"},
    "contests_appeal_ruling": {"reason": "It holds.", "decider_id": OTHER, "outcome": "upheld"},
    "contests_manifest": {"kind": "illegal_content", "uploader_id": PARTY},
    "credentials_work": {"step": "waiting"},
    "bundles_export": {"state": "waiting"},
    "notices_notice": {"to": "uploader", "way": "page", "why": "no_contact"},
    "outbox_message": {"channel": "mail", "state": "waiting"},
    "parties_sender_binding": {"person_id": WHO},
}
#: Says of itself what it is doing; nothing follows from it.
NO_MACHINE = {"analysis_station"}


@contextmanager
def taken_back() -> Iterator[None]:
    """Leave nothing of it, so that nobody ever checks what the rows refer to."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def insert(table: str, columns: dict[str, Any]) -> UUID:
    """A row of the barest values that its table takes."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT column_name, data_type FROM information_schema.columns"
            " WHERE table_name = %s AND is_nullable = 'NO' AND is_identity = 'NO'",
            [table],
        )
        bare = {name: PLAIN[kind] for name, kind in cursor.fetchall()}
        key = uuid4()
        row = {**bare, "id": key, **columns}
        names = ", ".join(f'"{name}"' for name in row)
        marks = ", ".join(["%s"] * len(row))
        cursor.execute(f"INSERT INTO {table} ({names}) VALUES ({marks})", list(row.values()))
    return key


def put(machine: Machine, row: UUID, state: str) -> None:
    """Write a state down behind the back of every service."""
    write(machine.table, row, {machine.column: state, **machine.dress(state)})


def write(table: str, row: UUID, columns: dict[str, Any]) -> None:
    """Change columns of a row."""
    sets = ", ".join(f"{name} = %s" for name in columns)
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE {table} SET {sets} WHERE id = %s", [*columns.values(), row])


def begun(machine: Machine, state: str) -> UUID:
    """A row that begins in a state."""
    if machine.table == "contests_suspension":
        warning = insert("contests_warning", {"uploader_id": PARTY, "counted": 1, "at": NOW})
        machine.row["warning_id"] = warning
    return insert(machine.table, {**machine.row, machine.column: state, **machine.dress(state)})


def ways(moves: Moves) -> dict[str, list[str]]:
    """How each state is reached: the states on the way, from where a row begins."""
    found = {str(state): [str(state)] for state in moves.begins}
    waiting = list(found)
    while waiting:
        was = waiting.pop(0)
        for then in moves.after[was]:
            if then not in found:
                found[str(then)] = [*found[was], str(then)]
                waiting.append(str(then))
    return found


def refused(act: Callable[[], object], words: str) -> bool:
    """Whether the database refuses it, with these words."""
    try:
        with transaction.atomic():
            act()
    except DatabaseError as error:
        if words not in str(error):
            raise
        return True
    return False


@pytest.mark.parametrize("machine", MACHINES, ids=lambda machine: machine.table)
def test_every_pair_is_a_move_or_refused(machine: Machine) -> None:
    moves = machine.moves
    reached = ways(moves)
    assert set(reached) == set(moves.states), "a state that nothing leads to"
    for was, way in reached.items():
        for then in moves.states:
            if then == was:
                continue
            with taken_back():
                row = begun(machine, way[0])
                for step in way[1:]:
                    put(machine, row, step)
                said = refused(lambda: put(machine, row, then), f"cannot go from {was} to {then}")  # noqa: B023
                assert said != moves.allows(was, then), (machine.table, was, then)
    strict = machine.table in {table for table, _ in triggers("begins_as_the_table")}
    for state in moves.states if strict else []:
        with taken_back():
            said = refused(lambda: begun(machine, state), "cannot begin as")  # noqa: B023
            assert said != (state in set(map(str, moves.begins))), (machine.table, state)


def triggers(name: str) -> set[tuple[str, str]]:
    """Tables and triggers of this beginning."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname, t.tgname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid"
            " WHERE t.tgname LIKE %s",
            [f"{name}%"],
        )
        return set(cursor.fetchall())


def test_what_is_set_once_stays() -> None:
    found = {f"{table}.{name.removeprefix('once_')}" for table, name in triggers("once\\_")}
    assert found == ONCE
    for place in sorted(ONCE):
        table, column = place.split(".")
        for value in (None, LATER):
            with taken_back():
                row = insert(table, {**BESIDE.get(table, {}), column: NOW})
                assert refused(lambda: write(table, row, {column: value}), "stays as it is"), place  # noqa: B023


def test_no_state_is_without_its_table() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name FROM information_schema.columns"
            " WHERE table_schema = 'public' AND column_name IN ('state', 'step')"
        )
        tables = {table for (table,) in cursor.fetchall()}
    guarded = {table for table, _ in triggers("moves_as_the_table")}
    assert tables - NO_MACHINE - {"decisions_standing"} <= guarded
    assert ("decisions_standing", "standing_moves") in triggers("standing_moves")
    assert guarded == {machine.table for machine in MACHINES} | {"cases_case"}
    assert {"cases_case", "outbox_message", "contests_appeal", "keeping_erasure"} <= {
        table for table, _ in triggers("begins_as_the_table")
    }
