"""Making people and tokens."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Collection
from datetime import datetime

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction

from probity.audit.services import SYSTEM_CHAIN, event_append
from probity.core.clock import now
from probity.core.errors import Conflict, InvalidInput

from .models import ApiToken, Person
from .roles import ALL, Ability, Role

TOKEN_PREFIX = "prb_"  # noqa: S105 - the visible start of every token, so that leaks can be found


def token_digest(token: str) -> str:
    """What is kept of a token; 256 random bits need no slow hash."""
    return hashlib.sha256(token.encode()).hexdigest()


@transaction.atomic
def person_create(
    *, username: str, roles: Collection[str], actor: str = "system", password: str | None = None
) -> tuple[Person, str]:
    """Create a person; return them and the one-time password they must change at first sign-in.

    Raises Conflict when the name is taken, InvalidInput for an unknown role.
    """
    unknown = sorted(set(roles) - set(Role))
    if unknown or not roles:
        raise InvalidInput(
            f"Unknown role {', '.join(unknown) or '(none)'}: choose from {', '.join(Role)}."
        )
    if Person.objects.filter(username=username).exists():
        raise Conflict(f"There is already a person called {username!r}.")
    secret = password or secrets.token_urlsafe(15)
    person = Person(username=username, roles=sorted(roles))
    person.set_password(secret)
    person.full_clean()
    person.save(force_insert=True)
    event_append(
        chain=SYSTEM_CHAIN,
        name="person.created",
        actor=actor,
        payload={"person": str(person.pk), "roles": sorted(roles)},
    )
    return person, secret


@transaction.atomic
def password_set(*, person: Person, password: str) -> None:
    """Set a person's own password; raises InvalidInput with the validators' sentences."""
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


@transaction.atomic
def sign_in_record(*, person: Person) -> None:
    """Write down that a person signed in."""
    event_append(
        chain=SYSTEM_CHAIN,
        name="person.signed_in",
        actor=f"person:{person.pk}",
        payload={"person": str(person.pk)},
    )


@transaction.atomic
def token_create(
    *, person: Person, scopes: Collection[str], expires_at: datetime | None = None
) -> tuple[ApiToken, str]:
    """Issue a token; the secret is returned once and cannot be read back.

    Raises InvalidInput for an unknown scope.
    """
    known = {*Ability, ALL}
    unknown = sorted(set(scopes) - known)
    if unknown or not scopes:
        raise InvalidInput(
            f"Unknown scope {', '.join(unknown) or '(none)'}: choose from "
            f"{', '.join(sorted(known))}."
        )
    secret = TOKEN_PREFIX + secrets.token_urlsafe(32)
    token = ApiToken.objects.create(
        person=person, digest=token_digest(secret), scopes=sorted(scopes), expires_at=expires_at
    )
    event_append(
        chain=SYSTEM_CHAIN,
        name="token.created",
        actor="system",
        payload={"token": str(token.pk), "person": str(person.pk), "scopes": sorted(scopes)},
    )
    return token, secret


@transaction.atomic
def token_revoke(*, token: ApiToken, actor: str) -> None:
    """End a token now."""
    token.revoked_at = now()
    token.save(update_fields=["revoked_at"])
    event_append(
        chain=SYSTEM_CHAIN,
        name="token.revoked",
        actor=actor,
        payload={"token": str(token.pk), "person": str(token.person_id)},
    )
