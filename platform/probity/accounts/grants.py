"""What people may see: grants given, taken for a short time with a reason, and declined."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.db import connection, transaction
from django.db.models import QuerySet

from probity.audit.services import SYSTEM_CHAIN, event_append
from probity.core.clock import now
from probity.core.errors import Conflict, InvalidInput, NotAllowed
from probity.core.prepared import prepared

from .actors import Actor
from .models import EVERY_QUEUE, Grant, GrantKind, Person
from .roles import Ability


@transaction.atomic
def grant_give(
    *, person: Person, queue: str = EVERY_QUEUE, category: str = "", actor: str = "system"
) -> Grant:
    """Let a person see a queue (or every one), in one category or all; nothing new if they may."""
    held = _open(person, GrantKind.GIVEN).filter(queue=queue, category=category).first()
    if held is not None:
        return held
    grant = Grant.objects.create(
        person=person, queue=queue, category=category, given_at=now(), given_by=actor
    )
    _record("grant.given", grant, actor)
    return grant


@transaction.atomic
def grant_end(*, grant: Grant, actor: str) -> None:
    """Take a grant back, or give up one's exception or refusal; nothing happens to an ended one."""
    locked = Grant.objects.select_for_update().get(pk=grant.pk)
    if locked.ended_at is not None:
        return
    locked.ended_at, locked.ended_by = now(), actor
    locked.save(update_fields=["ended_at", "ended_by"])
    _record("grant.ended", locked, actor)


@transaction.atomic
def exception_take(*, actor: Actor, queue: str, reason: str, hours: int) -> Grant:
    """Break the glass: see a queue that one has no grant for, for some hours, and say why.

    Leads are told and must take notice. Raises InvalidInput without a reason, or when the time is
    longer than BREAK_GLASS_HOURS; Conflict while an earlier one still runs.
    """
    person = actor.require_person(Ability.CASES_READ)
    longest: int = settings.BREAK_GLASS_HOURS
    wrong = {}
    if not reason.strip():
        wrong["reason"] = "Say why you need to see this queue; leads read it."
    if not 1 <= hours <= longest:
        wrong["hours"] = f"Choose between 1 and {longest} hours."
    if not queue or queue == EVERY_QUEUE:
        wrong["queue"] = "Choose one queue."
    if wrong:
        raise InvalidInput.of(wrong)
    expired_end(person)
    if _open(person, GrantKind.EXCEPTION).filter(queue=queue).exists():
        raise Conflict("You can already see this queue, until the time you asked for is over.")
    moment = now()
    grant = Grant.objects.create(
        person=person, kind=GrantKind.EXCEPTION, queue=queue, reason=reason.strip()[:500],
        given_at=moment, given_by=actor.name, until=moment + timedelta(hours=hours),
    )  # fmt: skip
    event_append(
        chain=SYSTEM_CHAIN, name="access.exception_taken", actor=actor.name,
        payload={
            "grant": str(grant.pk), "person": str(person.pk), "queue": queue,
            "until": (moment + timedelta(hours=hours)).isoformat(),
        },
    )  # fmt: skip
    return grant


@transaction.atomic
def exception_notice(*, grant: Grant, actor: Actor) -> None:
    """A lead has taken notice; raises NotAllowed for one's own, Conflict when it was noticed."""
    person = actor.require_person(Ability.ACCESS_OVERSEE)
    locked = Grant.objects.select_for_update().get(pk=grant.pk)
    if locked.person_id == person.pk:
        raise NotAllowed("Somebody else must take notice of what you opened yourself.")
    if locked.kind != GrantKind.EXCEPTION or locked.noticed_at:
        raise Conflict("Somebody has already taken notice of this.")
    locked.noticed_at, locked.noticed_by = now(), person
    locked.save(update_fields=["noticed_at", "noticed_by"])
    event_append(
        chain=SYSTEM_CHAIN, name="access.exception_noticed", actor=actor.name,
        payload={"grant": str(locked.pk), "person": str(locked.person_id)},
    )  # fmt: skip


@transaction.atomic
def category_decline(*, person: Person, category: str, actor: str) -> Grant:
    """Keep a category of cases away from a person, whatever else they may see."""
    held = _open(person, GrantKind.DECLINED).filter(category=category).first()
    if held is not None:
        return held
    grant = Grant.objects.create(
        person=person, kind=GrantKind.DECLINED, queue=EVERY_QUEUE, category=category,
        given_at=now(), given_by=actor,
    )  # fmt: skip
    _record("grant.given", grant, actor)
    return grant


def expired_end(person: Person) -> None:
    """Close exceptions whose time is over; they stopped counting at their end by themselves."""
    late = Grant.objects.filter(person=person, ended_at=None, until__lte=now())
    for grant in late.select_for_update():
        grant_end(grant=grant, actor="system")


def _open(person: Person, kind: GrantKind) -> QuerySet[Grant]:
    return Grant.objects.filter(person=person, kind=kind, ended_at=None)


_COLUMNS = [field.attname for field in Grant._meta.concrete_fields]
IN_FORCE = f"""
SELECT {", ".join(_COLUMNS)} FROM accounts_grant
WHERE person_id = %s AND ended_at IS NULL AND (until IS NULL OR until > %s)
ORDER BY queue, category, given_at
"""  # noqa: S608 - our own column names


def grants_in_force(person: Person) -> list[Grant]:
    """What counts now, declined categories included. Asked with every page and every claim."""
    rows = prepared(IN_FORCE, [person.pk, now()])
    return [Grant.from_db(connection.alias, _COLUMNS, row) for row in rows]


def _record(name: str, grant: Grant, actor: str) -> None:
    event_append(
        chain=SYSTEM_CHAIN, name=name, actor=actor,
        payload={
            "grant": str(grant.pk), "person": str(grant.person_id), "kind": str(grant.kind),
            "queue": grant.queue, "category": grant.category,
        },
    )  # fmt: skip
