"""Finding people and tokens."""

from __future__ import annotations

from probity.core.clock import now

from .models import ApiToken, Person
from .services import token_digest


def token_find(secret: str) -> ApiToken | None:
    """The live token with this secret: not revoked, not expired, its person active."""
    token = (
        ApiToken.objects.select_related("person")
        .filter(digest=token_digest(secret), revoked_at=None, person__is_active=True)
        .first()
    )
    if token is None or (token.expires_at and token.expires_at <= now()):
        return None
    return token


def person_find(username: str) -> Person | None:
    """The person with this sign-in name."""
    return Person.objects.filter(username=username).first()
