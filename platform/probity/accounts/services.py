"""Making people, and their passwords."""

from __future__ import annotations

import secrets
from collections.abc import Collection
from uuid import UUID

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction

from probity.audit.services import SYSTEM_CHAIN, event_append
from probity.core.errors import Conflict, InvalidInput

from .grants import grant_give
from .models import EVERY_QUEUE, Person
from .roles import Role
from .sessions import sessions_end


@transaction.atomic
def person_create(
    *,
    username: str,
    roles: Collection[str],
    actor: str = "system",
    password: str | None = None,
    queues: Collection[str] = (EVERY_QUEUE,),
) -> tuple[Person, str]:
    """Create a person; return them and the one-time password they must change at first sign-in.

    Staff see the cases of ``queues`` (keys; every queue unless said otherwise).
    Raises Conflict when the name is taken, InvalidInput for an unknown role or an impossible name.
    """
    roles_require(roles)
    if Person.objects.filter(username=username).exists():
        raise Conflict(f"There is already a person called {username!r}.")
    secret = password or secrets.token_urlsafe(15)
    person = Person(username=username, roles=sorted(roles))
    person.set_password(secret)
    try:
        person.full_clean()
    except ValidationError as error:
        raise InvalidInput(" ".join(error.messages), fields={"username": " ".join(error.messages)})
    person.save(force_insert=True)
    event_append(
        chain=SYSTEM_CHAIN,
        name="person.created",
        actor=actor,
        payload={"person": str(person.pk), "roles": sorted(roles)},
    )
    if person.staff:
        for queue in queues:
            grant_give(person=person, queue=queue, actor=actor)
    return person, secret


def roles_require(roles: Collection[str]) -> None:
    """Raise InvalidInput unless these are known roles, at least one."""
    unknown = sorted(set(roles) - set(Role))
    if unknown or not roles:
        raise InvalidInput(
            f"Unknown role {', '.join(unknown) or '(none)'}: choose from {', '.join(Role)}."
        )


@transaction.atomic
def password_set(*, person: Person, password: str, session: UUID | str | None = None) -> None:
    """Set a person's own password and end their other sessions, all but ``session``.

    Raises InvalidInput with the validators' sentences.
    """
    try:
        validate_password(password, person)
    except ValidationError as error:
        raise InvalidInput(" ".join(error.messages), fields={"new": " ".join(error.messages)})
    person.set_password(password)
    person.password_change_required = False
    person.save(update_fields=["password", "password_change_required"])
    event_append(
        chain=SYSTEM_CHAIN,
        name="person.password_set",
        actor=f"person:{person.pk}",
        payload={"person": str(person.pk)},
    )
    sessions_end(
        person=person, why="password changed", actor=f"person:{person.pk}", besides=session
    )
