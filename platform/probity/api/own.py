"""The one who asks, and their own tokens."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.conf import settings
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import NotAuthenticated
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from probity.accounts.grants import grants_in_force
from probity.accounts.models import ApiToken, Grant
from probity.accounts.tokens import token_revoke
from probity.core.errors import NotFound
from probity.core.throttle import throttle

from .authentication import request_actor
from .base import ERRORS, address_check, address_rate
from .paging import PAGE, listed
from .representations import moment
from .shapes_people import MeOut, TokensPage


class HasToken(BasePermission):
    """Any live token: what it shows belongs to its own person."""

    def has_permission(self, request: Request, view: APIView) -> bool:  # noqa: ARG002
        if request.auth is None:
            raise NotAuthenticated("Send the header “Authorization: Token prb_…”.")
        return True


class OwnView(APIView):
    """What every token may ask about itself."""

    permission_classes = [HasToken]

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        address_rate(request)
        address_check(request, kwargs)
        super().initial(request, *args, **kwargs)
        throttle(scope="api", who=request_actor(request).name, rate=settings.API_RATE)


class Me(OwnView):
    """Who asks, and what they may do and see."""

    @extend_schema(
        operation_id="me_read",
        summary="The person and the token that ask: roles, what they may do, what they see",
        responses={200: MeOut, **ERRORS},
    )
    def get(self, request: Request) -> Response:
        actor, token = request_actor(request), request.auth
        person = actor.require_self()
        return Response(
            {
                "id": str(person.pk),
                "username": person.username,
                "roles": sorted(person.roles),
                "may": sorted(actor.abilities),
                "sees": [grant_shown(grant) for grant in grants_in_force(person)],
                "token": token_shown(token) if isinstance(token, ApiToken) else None,
            }
        )


class OwnTokens(OwnView):
    """The tokens of the one who asks."""

    @extend_schema(
        operation_id="own_tokens_list",
        parameters=PAGE,
        summary="One's own tokens, the latest first; their secrets are never shown again",
        responses={200: TokensPage, **ERRORS},
    )
    def get(self, request: Request) -> Response:
        rows = ApiToken.objects.filter(person=request_actor(request).require_self())
        return listed(request, rows, by=("-created_at", "id"), name="tokens", show=token_shown)


class OneOwnToken(OwnView):
    """One of them."""

    @extend_schema(
        operation_id="own_token_revoke",
        summary="End one of one's own tokens now, also the one that asks",
        responses={204: None, **ERRORS},
    )
    def delete(self, request: Request, token_id: UUID) -> Response:
        actor = request_actor(request)
        found = ApiToken.objects.filter(pk=token_id, person=actor.require_self()).first()
        if found is None:
            raise NotFound("You have no such token.")
        token_revoke(token=found, actor=actor.name)
        return Response(status=204)


def token_shown(token: ApiToken) -> dict[str, Any]:
    """A token without its secret."""
    return {
        "id": str(token.pk),
        "name": token.name,
        "scopes": sorted(token.scopes),
        "created_at": moment(token.created_at),
        "expires_at": moment(token.expires_at),
        "last_used_at": moment(token.last_used_at),
        "revoked_at": moment(token.revoked_at),
    }


def grant_shown(grant: Grant) -> dict[str, Any]:
    """What a person may see; an empty category stands for all, ``*`` for every queue."""
    return {
        "id": str(grant.pk),
        "kind": grant.kind,
        "queue": grant.queue,
        "category": grant.category or None,
        "until": moment(grant.until),
    }
