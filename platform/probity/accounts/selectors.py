"""Finding people and tokens."""

from __future__ import annotations

from probity.core.clock import now

from .models import ApiToken, Grant, GrantKind, Person
from .tokens import token_digest


def token_find(secret: str) -> ApiToken | None:
    """The live token with this secret: not revoked, not expired, its person active."""
    token = (
        ApiToken.objects.select_related("person")
        .filter(digest=token_digest(secret), revoked_at=None, person__is_active=True)
        .first()
    )
    return token if token and token.expires_at > now() else None


def person_find(username: str) -> Person | None:
    """The person with this sign-in name."""
    return Person.objects.filter(username=username).first()


def exceptions_waiting() -> int:
    """How many exceptions to access nobody has taken notice of."""
    return Grant.objects.filter(kind=GrantKind.EXCEPTION, noticed_at=None).count()
