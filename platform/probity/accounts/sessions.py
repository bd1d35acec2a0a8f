"""Where people are signed in: begun, seen, ended; with a longest life and a longest silence."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet

from probity.audit.services import SYSTEM_CHAIN, event_append
from probity.core.clock import now

from .models import Person, PersonSession

SEEN_EVERY = timedelta(minutes=1)
IDLE = "idle for too long"
OVER = "its longest time was over"


@transaction.atomic
def session_begin(
    *, person: Person, way: str, factor: str = "none", browser: str = ""
) -> PersonSession:
    """Write down that a person signed in.

    ``way`` is ``password`` or the sign-in service's id; ``factor`` names the second factor used.
    """
    moment = now()
    session = PersonSession.objects.create(
        person=person, began_at=moment, seen_at=moment, browser=browser[:60], way=way[:40]
    )
    event_append(
        chain=SYSTEM_CHAIN,
        name="person.signed_in",
        actor=f"person:{person.pk}",
        payload={
            "person": str(person.pk), "session": str(session.pk), "way": session.way,
            "factor": factor,
        },
    )  # fmt: skip
    return session


def session_over(session: PersonSession) -> str:
    """Why a session counts no more; empty while it does."""
    if session.ended_at is not None:
        return session.ended_why
    if now() - session.began_at > timedelta(hours=settings.SESSION_HOURS):
        return OVER
    if now() - session.seen_at > timedelta(minutes=settings.SESSION_IDLE_MINUTES):
        return IDLE
    return ""


def session_ends(session: PersonSession) -> datetime:
    """When a session ends by itself if nothing more happens."""
    longest = session.began_at + timedelta(hours=settings.SESSION_HOURS)
    return min(longest, session.seen_at + timedelta(minutes=settings.SESSION_IDLE_MINUTES))


def session_seen(session: PersonSession) -> None:
    """The person did something; kept to the minute."""
    moment = now()
    if moment - session.seen_at > SEEN_EVERY:
        PersonSession.objects.filter(pk=session.pk).update(seen_at=moment)


@transaction.atomic
def session_end(*, session: PersonSession, why: str, actor: str) -> None:
    """End a session: its next request finds the door closed. An ended one stays as it is."""
    locked = PersonSession.objects.select_for_update().get(pk=session.pk)
    if locked.ended_at is not None:
        return
    locked.ended_at, locked.ended_why = now(), why[:40]
    locked.save(update_fields=["ended_at", "ended_why"])
    event_append(
        chain=SYSTEM_CHAIN,
        name="session.ended",
        actor=actor,
        payload={"person": str(locked.person_id), "session": str(locked.pk), "why": why},
    )


@transaction.atomic
def sessions_end(*, person: Person, why: str, actor: str, besides: UUID | str | None = None) -> int:
    """End every open session of a person, but for one; how many were ended."""
    open_now = [one for one in sessions_open(person) if str(one.pk) != str(besides)]
    for session in open_now:
        session_end(session=session, why=why, actor=actor)
    return len(open_now)


def sessions_open(person: Person) -> QuerySet[PersonSession]:
    """Where a person is signed in now, the latest seen first."""
    moment = now()
    return PersonSession.objects.filter(
        person=person,
        ended_at=None,
        began_at__gt=moment - timedelta(hours=settings.SESSION_HOURS),
        seen_at__gt=moment - timedelta(minutes=settings.SESSION_IDLE_MINUTES),
    )
