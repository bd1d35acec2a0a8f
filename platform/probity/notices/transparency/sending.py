"""Sending what is due, in batches; whatever happens in between, no statement is stored twice.

Before a batch leaves, its rows say ``sending``. If the program dies, or no answer comes, nobody
knows whether the batch was stored: the database is asked puid by puid before anything is sent
again. A batch is all or nothing, so what it already has is parked, what it refuses is kept here
with its sentence, and the rest is sent again.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from uuid import UUID, uuid4

from django.db import connection, transaction

from probity.audit.services import SYSTEM_CHAIN, case_chain, event_append
from probity.core.clock import now
from probity.core.errors import Conflict

from ..models import EntryState, TransparencyCall, TransparencyEntry
from . import schema
from .build import Built, decisions_due, statement_build
from .client import INVALID, STORED, Answer, Database

INDEXED = re.compile(r"statements?[._](\d+)\b")
DONE = (EntryState.STORED, EntryState.EXISTING)
SERVER_TROUBLE = 500
LOCK = 7_240_501  # one export at a time


@dataclass
class Report:
    """What a run did; ``stopped`` says why it ended early."""

    ready: list[Built] = field(default_factory=list)
    refused: list[Built] = field(default_factory=list)
    stored: int = 0
    existing: int = 0
    turned_down: list[tuple[str, str]] = field(default_factory=list)
    stopped: str = ""


def export_plan(*, limit: int | None = None) -> Report:
    """What would be sent now and what is refused here, without sending anything."""
    report = Report()
    done = TransparencyEntry.objects.filter(state__in=DONE).values("decision")
    for decision in decisions_due().exclude(pk__in=done)[:limit]:
        built = statement_build(decision)
        (report.refused if built.problems else report.ready).append(built)
    return report


def export_send(*, database: Database, actor: str, limit: int | None = None) -> Report:
    """Send what is due. What the network does is in the report; raises Conflict while another run
    is at it."""
    with _alone():
        return _export(database, actor, limit)


@contextmanager
def _alone() -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [LOCK])
        if not cursor.fetchone()[0]:
            raise Conflict("Another export is running. Wait until it has ended.")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK])


def _export(database: Database, actor: str, limit: int | None) -> Report:
    _settle_unknown(database, actor=actor)
    report = export_plan(limit=limit)
    open_ = set(
        TransparencyEntry.objects.filter(state=EntryState.SENDING).values_list("puid", flat=True)
    )
    waiting = [built for built in report.ready if built.puid not in open_]
    if len(waiting) < len(report.ready):
        report.stopped = (
            "Some statements were sent before and no answer came, and the database does not say "
            "whether it has them. They wait; run it again later."
        )
    for batch in batches(waiting):
        if not _batch(batch, database=database, actor=actor, report=report):
            break
    return report


def batches(ready: Sequence[Built]) -> Iterator[list[Built]]:
    """As many at a time as the database takes."""
    for at in range(0, len(ready), schema.BATCH_MOST):
        yield list(ready[at : at + schema.BATCH_MOST])


def _batch(batch: list[Built], *, database: Database, actor: str, report: Report) -> bool:
    """Send one batch until nothing of it is open; False when the run should stop."""
    open_ = [batch]
    while open_:
        part = open_.pop()
        name = uuid4()
        _begin(part, name)
        answer = database.submit([built.body for built in part])
        _record(name, part, answer, database, actor)
        if answer.status == STORED:
            _settle(part, EntryState.STORED, "stored", actor=actor)
            report.stored += len(part)
        elif answer.status == INVALID:
            open_ += _smaller(part, answer, actor=actor, report=report)
        else:
            report.stopped = _why(answer)
            if answer.status is not None and answer.status < SERVER_TROUBLE:
                _wait(part)
            return False
    return True


def _smaller(
    batch: list[Built], answer: Answer, *, actor: str, report: Report
) -> list[list[Built]]:
    """What is left of a refused batch: without what is stored already and what is wrong; in
    halves where the answer does not say which it is."""
    existing = set(answer.existing)
    known = [built for built in batch if built.puid in existing]
    wrong = _wrong(batch, answer)
    if not known and not wrong:
        if len(batch) > 1:
            half = len(batch) // 2
            return [batch[half:], batch[:half]]
        wrong = {batch[0].puid: _said(answer) or "It was refused without a reason."}
    _settle(known, EntryState.EXISTING, "existing", actor=actor)
    report.existing += len(known)
    left = []
    for built in batch:
        if built.puid in existing:
            continue
        if built.puid in wrong:
            _turn_down(built, wrong[built.puid])
            report.turned_down.append((built.puid, wrong[built.puid]))
        else:
            left.append(built)
    return [left] if left else []


def _said(answer: Answer) -> str:
    return "; ".join(f"{name}: {' '.join(rows)}" for name, rows in answer.errors.items())


def _wrong(batch: list[Built], answer: Answer) -> dict[str, str]:
    """The statements that the answer names by their place in the batch, with its sentences."""
    wrong: dict[str, list[str]] = {}
    for name, rows in answer.errors.items():
        found = INDEXED.search(name)
        if found and int(found[1]) < len(batch):
            wrong.setdefault(batch[int(found[1])].puid, []).extend(rows)
    return {puid: " ".join(rows) for puid, rows in wrong.items()}


def _settle_unknown(database: Database, *, actor: str) -> None:
    """Ask for every statement of which nobody knows whether it was stored."""
    for entry in TransparencyEntry.objects.filter(state=EntryState.SENDING):
        there = database.exists(entry.puid)
        if there is True:
            _end(entry, EntryState.EXISTING, "found", actor=actor)
        elif there is False:
            _rest([entry.puid])


@transaction.atomic
def _begin(batch: Sequence[Built], name: UUID) -> None:
    for built in batch:
        TransparencyEntry.objects.update_or_create(
            decision=built.decision,
            defaults={
                "body": built.body, "digest": built.digest, "batch": name,
                "state": EntryState.SENDING, "why": "", "ended_at": None,
            },
            create_defaults={
                "puid": built.puid, "body": built.body, "digest": built.digest, "batch": name,
                "state": EntryState.SENDING, "begun_at": now(),
            },
        )  # fmt: skip


@transaction.atomic
def _record(
    name: UUID, batch: Sequence[Built], answer: Answer, database: Database, actor: str
) -> None:
    outcome = {STORED: "stored", INVALID: "refused"}.get(answer.status or 0, "unknown")
    note = answer.error or _said(answer)
    call = TransparencyCall.objects.create(
        batch=name, host=database.host, puids=[built.puid for built in batch],
        status=answer.status, outcome=outcome, note=note[:2000], at=now(),
    )  # fmt: skip
    event_append(
        chain=SYSTEM_CHAIN, name="transparency.called", actor=actor,
        payload={
            "call": str(call.pk), "batch": str(name), "count": len(batch),
            "status": answer.status, "outcome": outcome,
        },
    )  # fmt: skip


def _settle(batch: Sequence[Built], state: EntryState, how: str, *, actor: str) -> None:
    rows = TransparencyEntry.objects.filter(puid__in=[built.puid for built in batch])
    for entry in rows.select_related("decision").order_by("pk"):
        _end(entry, state, how, actor=actor)


@transaction.atomic
def _end(entry: TransparencyEntry, state: EntryState, how: str, *, actor: str) -> None:
    entry.state, entry.ended_at = state, now()
    entry.save(update_fields=["state", "ended_at"])
    event_append(
        chain=case_chain(entry.decision.case_id), name="transparency.kept", actor=actor,
        payload={"entry": str(entry.pk), "puid": entry.puid, "how": how},
    )  # fmt: skip


def _turn_down(built: Built, why: str) -> None:
    TransparencyEntry.objects.filter(puid=built.puid).update(
        state=EntryState.REFUSED, why=why[:500], ended_at=now()
    )


def _wait(batch: Sequence[Built]) -> None:
    """What was certainly not stored is due again."""
    _rest([built.puid for built in batch])


def _rest(puids: Sequence[str]) -> None:
    TransparencyEntry.objects.filter(puid__in=puids, state=EntryState.SENDING).update(
        state=EntryState.WAITING, ended_at=now()
    )


def _why(answer: Answer) -> str:
    if answer.status is None:
        return f"{answer.error} Run it again: what may have arrived is asked for first."
    if answer.status in {401, 403}:
        return "The database does not accept the token. Check PROBITY_TRANSPARENCY_TOKEN."
    if answer.status == 429:
        wait = f" in {answer.wait_seconds} seconds" if answer.wait_seconds else " later"
        return f"The database is asked too often. Run it again{wait}."
    return f"The database answered {answer.status}. Run it again later."
