"""Passing a case on: to a named person, to another queue, to later, to a lead."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

from django.conf import settings
from django.db import transaction

from probity.accounts.actors import Actor
from probity.accounts.models import Person
from probity.accounts.roles import Ability
from probity.audit.services import case_chain, event_append
from probity.core.clock import now
from probity.core.errors import Conflict, InvalidInput

from .access import case_visible
from .claims import case_put_down, claim_require
from .clocks import clocks_pause
from .escalation import case_escalated_tell
from .models import Case, CaseState, Clock, Handover, Queue, Skip
from .notes import reason_check, work_note
from .queues import case_queue_set
from .settling import case_settle
from .targets import UNDECIDED
from .versions import case_touch
from .waiting import handover_close, snooze_close

SNOOZE_MAX = timedelta(days=60)
SKIP_SPAN = timedelta(hours=12)


class WaitingFor(StrEnum):
    """Whose answer a case waits for while it is put off."""

    NOBODY = ""
    REPORTER = "reporter"
    UPLOADER = "uploader"
    AUTHORITY = "authority"


@transaction.atomic
def case_send(*, case: Case, person: Person, reason: str, actor: Actor) -> Handover:
    """Keep a case for a named person, who accepts by opening it; one's own claim on it ends.

    It is free again when they do not open it within ``HANDOVER_HOURS``, or before a legal
    deadline warns. Raises Conflict while somebody else holds it or it is decided, InvalidInput
    for somebody who may not work on it.
    """
    sender = actor.require_person(Ability.CASES_WORK)
    text = reason_check(reason)
    locked = _in_hand(case, actor)
    if person.pk == sender.pk:
        raise InvalidInput.of({"person": "You hold this case already. Name somebody else."})
    able = Ability.CASES_WORK in person.abilities
    if not able or not case_visible(person, locked.pk):
        raise InvalidInput.of(
            {"person": f"{person.username} may not work on this case. Name somebody who may."}
        )
    _let_go(locked, "handed over", actor)
    row = Handover.objects.create(
        case=locked, sender=sender, person=person, since=now(), until=_until(locked)
    )
    locked.kept_for = person
    locked.save(update_fields=["kept_for"])
    event_append(
        chain=case_chain(locked.pk),
        name="case.sent",
        actor=actor.name,
        payload={
            "handover": str(row.pk), "person": str(person.pk), "until": row.until.isoformat(),
        },
    )  # fmt: skip
    work_note(case=locked, kind="sent", person=sender, text=text, actor=actor.name)
    case_touch(case=locked, what="sent", actor=actor.name)
    return row


@transaction.atomic
def case_requeue(*, case: Case, queue: Queue, reason: str, actor: Actor) -> Case:
    """Put a case into another queue for good: no routing rule moves it from there."""
    sender = actor.require_person(Ability.CASES_WORK)
    text = reason_check(reason, needed="Say in a few words why it belongs in the other queue.")
    locked = _in_hand(case, actor)
    if locked.queue_id == queue.pk:
        raise InvalidInput.of({"queue": f"It is in “{queue.title}” already."})
    _let_go(locked, "moved", actor)
    locked.queue_fixed = True
    locked.save(update_fields=["queue_fixed"])
    case_queue_set(case=locked, queue=queue, why="a person's choice", actor=actor.name)
    work_note(case=locked, kind="moved", person=sender, text=text, actor=actor.name)
    return case_settle(case=locked, actor=actor.name)


@transaction.atomic
def case_snooze(
    *, case: Case, until: datetime, waiting_for: str = "", reason: str = "", actor: Actor
) -> Case:
    """Put a case off; it comes back by itself, or as soon as somebody takes it.

    While it waits for somebody, clocks whose rule says so stand still; no legal clock does. Beyond
    the nearest legal warning only with a reason. Raises InvalidInput, Conflict.
    """
    person = actor.require_person(Ability.CASES_WORK)
    locked = _in_hand(case, actor)
    text = _snooze_check(locked, until, waiting_for, reason)
    _let_go(locked, "put off", actor)
    locked.snoozed_until, locked.waiting_for = until, waiting_for
    locked.save(update_fields=["snoozed_until", "waiting_for"])
    event_append(
        chain=case_chain(locked.pk),
        name="case.snoozed",
        actor=actor.name,
        payload={"until": until.isoformat(), "waiting_for": waiting_for},
    )
    work_note(case=locked, kind="snoozed", person=person, text=text, actor=actor.name)
    if waiting_for:
        clocks_pause(case=locked, waiting_for=waiting_for, actor=actor.name)
    case_touch(case=locked, what="snoozed", actor=actor.name)
    return case_settle(case=locked, actor=actor.name)


def _snooze_check(case: Case, until: datetime, waiting_for: str, reason: str) -> str:
    wrong: dict[str, str] = {}
    if not now() < until <= now() + SNOOZE_MAX:
        wrong["until"] = f"Put it off to a moment within the next {SNOOZE_MAX.days} days."
    if waiting_for not in set(WaitingFor):
        wrong["waiting_for"] = "It waits for the reporter, the uploader, an authority, or nobody."
    warning = legal_warning(case)
    needed = ""
    if warning and until > warning:
        needed = (
            f"A legal deadline warns at {warning:%d %B, %H:%M} UTC, before it would come back. Put "
            "it off for less time, or say why it must wait longer."
        )
    if wrong:
        raise InvalidInput.of(wrong)
    return reason_check(reason, needed=needed)


def legal_warning(case: Case) -> datetime | None:
    """When the nearest legal clock of a case warns; None without one."""
    running = Clock.objects.filter(case=case, ended_at=None, service=False)
    return running.order_by("warn_at").values_list("warn_at", flat=True).first()


@transaction.atomic
def case_wake(*, case: Case, actor: Actor) -> Case:
    """Bring a case back before its time."""
    actor.require_person(Ability.CASES_WORK)
    locked = Case.objects.select_for_update(of=("self",)).get(pk=case.pk)
    if locked.snoozed_until:
        snooze_close(case=locked, why="woken", actor=actor.name)
        case_touch(case=locked, what="woken", actor=actor.name)
    return locked


@transaction.atomic
def case_skip(*, case: Case, actor: Actor) -> Skip:
    """Leave a case out of one's own "take the next" for half a day; one's claim on it ends.

    Everybody else gets it as before. Raises Conflict when somebody else holds it.
    """
    person = actor.require_person(Ability.CASES_WORK)
    locked = Case.objects.select_for_update(of=("self",)).get(pk=case.pk)
    claim = locked.claims.filter(ended_at=None, person=person).first()
    if claim:
        case_put_down(case=locked, claim=claim, why="skipped", actor=actor)
    if locked.kept_for_id == person.pk:
        handover_close(case=locked, why="declined", actor=actor.name)
    skip, _ = Skip.objects.update_or_create(
        case=locked, person=person, defaults={"until": now() + SKIP_SPAN}
    )
    event_append(
        chain=case_chain(locked.pk),
        name="case.skipped",
        actor=actor.name,
        payload={"person": str(person.pk), "until": skip.until.isoformat()},
    )
    return skip


@transaction.atomic
def case_escalate(*, case: Case, reason: str, actor: Actor) -> Case:
    """Ask a lead to look at a case: it gains points, and leads are told. Raises Conflict when it
    is escalated already."""
    person = actor.require_person(Ability.CASES_WORK)
    text = reason_check(reason, needed="Say in a few words what the lead should look at.")
    locked = Case.objects.select_for_update(of=("self",)).get(pk=case.pk)
    _undecided(locked)
    if locked.escalated_at:
        raise Conflict("This case is escalated already; a lead was told.")
    locked.escalated_at = now()
    locked.save(update_fields=["escalated_at"])
    event_append(
        chain=case_chain(locked.pk),
        name="case.escalated",
        actor=actor.name,
        payload={"at": locked.escalated_at.isoformat()},
    )
    work_note(case=locked, kind="escalated", person=person, text=text, actor=actor.name)
    case_escalated_tell(case=locked, actor=actor.name)
    case_touch(case=locked, what="escalated", actor=actor.name)
    return case_settle(case=locked, actor=actor.name)


@transaction.atomic
def case_calm(*, case: Case, reason: str, actor: Actor) -> Case:
    """Say, as a lead, that an escalated case was looked at, and what is to be done with it."""
    person = actor.require_person(Ability.QUEUES_MANAGE)
    text = reason_check(reason, needed="Say what whoever works on the case should know.")
    locked = Case.objects.select_for_update(of=("self",)).get(pk=case.pk)
    if not locked.escalated_at:
        return locked
    locked.escalated_at = None
    locked.save(update_fields=["escalated_at"])
    event_append(
        chain=case_chain(locked.pk), name="case.escalation_ended", actor=actor.name, payload={}
    )
    work_note(case=locked, kind="answered", person=person, text=text, actor=actor.name)
    case_touch(case=locked, what="changed", actor=actor.name)
    return case_settle(case=locked, actor=actor.name)


def _in_hand(case: Case, actor: Actor) -> Case:
    """The case, locked, undecided, held by the actor or by nobody; a lead may pass on what waits
    for somebody."""
    locked = Case.objects.select_for_update(of=("self",)).get(pk=case.pk)
    _undecided(locked)
    claim = locked.claims.filter(ended_at=None).first()
    if claim is None and locked.state == CaseState.IN_REVIEW:
        raise Conflict(f"A decision on {locked.label} is about to take effect; undo it first.")
    if claim and claim.until >= now():
        claim_require(case=locked, actor=actor)
        return locked
    mine = actor.person is not None and locked.kept_for_id == actor.person.pk
    if locked.kept_for_id and not mine and Ability.QUEUES_MANAGE not in actor.abilities:
        raise Conflict("This case waits for a colleague it was sent to. Ask a lead to move it.")
    return locked


def _undecided(case: Case) -> None:
    if case.state not in UNDECIDED:
        raise Conflict(f"{case.label} is {case.state}; there is nothing left to pass on.")


def _let_go(case: Case, why: str, actor: Actor) -> None:
    """End whatever ties a locked case to a person."""
    for claim in case.claims.filter(ended_at=None):
        case_put_down(case=case, claim=claim, why=why, actor=actor)
    if case.kept_for_id:
        handover_close(case=case, why="withdrawn", actor=actor.name)
    if case.snoozed_until:
        snooze_close(case=case, why="woken", actor=actor.name)


def _until(case: Case) -> datetime:
    latest = now() + timedelta(hours=settings.HANDOVER_HOURS)
    warning = legal_warning(case)
    return min(latest, warning) if warning and warning > now() else latest
