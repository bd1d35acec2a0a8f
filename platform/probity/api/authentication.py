"""Tokens: ``Authorization: Token prb_…``."""

from __future__ import annotations

from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from probity.accounts.actors import Actor, token_actor
from probity.accounts.models import ApiToken, Person
from probity.accounts.selectors import token_find
from probity.accounts.tokens import token_used

WRONG = (
    "The token is not valid: unknown, expired or revoked. Make one on your account’s page “Tokens”."
)


class TokenAuthentication(BaseAuthentication):
    """Finds the live token; ``request.auth`` is the ApiToken, ``request.user`` its person."""

    def authenticate(self, request: Request) -> tuple[Person, ApiToken] | None:
        parts = get_authorization_header(request).split()
        if not parts or parts[0].lower() != b"token":
            return None
        if len(parts) != 2:
            raise AuthenticationFailed("Send the header as “Authorization: Token prb_…”.")
        token = token_find(parts[1].decode("ascii", "replace"))
        if token is None:
            raise AuthenticationFailed(WRONG)
        token_used(token)
        return token.person, token

    def authenticate_header(self, request: Request) -> str:  # noqa: ARG002
        return "Token"


def request_actor(request: Request) -> Actor:
    """Who acts through this request."""
    token = request.auth
    if not isinstance(token, ApiToken):
        raise AuthenticationFailed("Send the header “Authorization: Token prb_…”.")
    return token_actor(token)
