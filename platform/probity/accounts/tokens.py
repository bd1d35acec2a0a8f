"""Keys of programs: scoped, always with an end, shown once."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Collection
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from probity.audit.services import SYSTEM_CHAIN, event_append
from probity.core.clock import now
from probity.core.errors import InvalidInput

from .models import ApiToken, Person
from .roles import ALL, Ability

TOKEN_PREFIX = "prb_"  # noqa: S105 - the visible start of every token, so that leaks can be found
USED_EVERY = timedelta(minutes=5)


def token_digest(token: str) -> str:
    """What is kept of a token; 256 random bits need no slow hash."""
    return hashlib.sha256(token.encode()).hexdigest()


@transaction.atomic
def token_create(
    *,
    person: Person,
    scopes: Collection[str],
    expires_at: datetime | None = None,
    name: str = "",
    actor: str = "system",
) -> tuple[ApiToken, str]:
    """Issue a token; the secret is returned once and cannot be read back.

    It ends after TOKEN_DAYS unless ``expires_at`` says otherwise, at the latest after
    TOKEN_MAX_DAYS. Raises InvalidInput for an unknown scope or such an end.
    """
    known = {*Ability, ALL}
    unknown = sorted(set(scopes) - known)
    if unknown or not scopes:
        raise InvalidInput(
            f"Unknown scope {', '.join(unknown) or '(none)'}: choose from "
            f"{', '.join(sorted(known))}.",
            fields={"scopes": "Choose at least one thing that the token may do."},
        )
    secret = TOKEN_PREFIX + secrets.token_urlsafe(32)
    token = ApiToken.objects.create(
        person=person,
        name=name.strip()[:80] or "no name",
        digest=token_digest(secret),
        scopes=sorted(scopes),
        expires_at=_end(expires_at),
    )
    event_append(
        chain=SYSTEM_CHAIN,
        name="token.created",
        actor=actor,
        payload={
            "token": str(token.pk),
            "person": str(person.pk),
            "scopes": sorted(scopes),
            "expires": token.expires_at.isoformat(),
        },
    )
    return token, secret


def _end(wanted: datetime | None) -> datetime:
    moment, longest = now(), int(settings.TOKEN_MAX_DAYS)
    end = wanted or moment + timedelta(days=min(int(settings.TOKEN_DAYS), longest))
    if not moment < end <= moment + timedelta(days=longest, minutes=1):
        says = f"A token ends after 1 to {longest} days; choose a day within that time."
        raise InvalidInput(says, fields={"days": says})
    return end


@transaction.atomic
def token_revoke(*, token: ApiToken, actor: str) -> None:
    """End a token now; nothing happens to one that has been ended."""
    locked = ApiToken.objects.select_for_update().get(pk=token.pk)
    if locked.revoked_at is not None:
        return
    locked.revoked_at = now()
    locked.save(update_fields=["revoked_at"])
    event_append(
        chain=SYSTEM_CHAIN,
        name="token.revoked",
        actor=actor,
        payload={"token": str(token.pk), "person": str(token.person_id)},
    )


def token_used(token: ApiToken) -> None:
    """Remember when a token was last used, to within five minutes."""
    moment = now()
    if token.last_used_at is None or moment - token.last_used_at > USED_EVERY:
        ApiToken.objects.filter(pk=token.pk).update(last_used_at=moment)
