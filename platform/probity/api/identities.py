"""A creator's signing identities, for programs: make, import the authority's answer, revoke."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from probity.accounts.roles import Ability
from probity.credentials.identities import (
    Held,
    identities_of,
    identity_chain,
    identity_create,
    identity_find,
    identity_import,
    identity_request,
    identity_revoke,
    identity_told,
)
from probity.credentials.models import SigningIdentity

from .authentication import request_actor
from .base import ERRORS, View
from .bodies import read
from .paging import PAGE, listed_here
from .shapes_desk import (
    ChainIn,
    IdentitiesPage,
    IdentityIn,
    IdentityWholeOut,
    RevokeIn,
)

#: Where the key lies is nobody's business, and the chain is shown by itself.
UNTOLD = frozenset({"chain_pem", "key_opens_with", "token"})


class Identities(View):
    """All of one's own."""

    ability = Ability.WORKS_SIGN

    @extend_schema(
        operation_id="identities_list",
        summary="One's own signing identities, the newest first",
        parameters=PAGE,
        responses={200: IdentitiesPage, **ERRORS},
    )
    def get(self, request: Request) -> Response:
        rows = identities_of(request_actor(request).require_person(Ability.WORKS_SIGN))
        return listed_here(
            request, rows, key=lambda held: held.row.pk, name="identities", show=_held
        )

    @extend_schema(
        operation_id="identity_create",
        summary="Make a key with its request for an authority, or one for trials",
        request=IdentityIn,
        responses={201: IdentityWholeOut, **ERRORS},
    )
    def post(self, request: Request) -> Response:
        row = identity_create(actor=request_actor(request), **read(IdentityIn, request))
        return Response(_whole(row), status=status.HTTP_201_CREATED)


class OneIdentity(View):
    """One of them."""

    ability = Ability.WORKS_SIGN

    @extend_schema(
        operation_id="identity_read",
        summary="A signing identity with its request and its certificate",
        responses={200: IdentityWholeOut, **ERRORS},
    )
    def get(self, request: Request, identity_id: UUID) -> Response:
        return Response(_whole(_found(request, identity_id)))


class IdentityChain(View):
    """The authority's answer."""

    ability = Ability.WORKS_SIGN

    @extend_schema(
        operation_id="identity_import",
        summary="Import the certificate with the chain above it",
        request=ChainIn,
        responses={200: IdentityWholeOut, **ERRORS},
    )
    def put(self, request: Request, identity_id: UUID) -> Response:
        row, pem = _found(request, identity_id), read(ChainIn, request)["chain"].encode()
        identity_import(actor=request_actor(request), identity=row, pem=pem)
        return Response(_whole(row))


class IdentityRevoked(View):
    """The end of a key."""

    ability = Ability.WORKS_SIGN

    @extend_schema(
        operation_id="identity_revoke",
        summary="Erase a key for good; what was signed with it stays",
        request=RevokeIn,
        responses={200: IdentityWholeOut, **ERRORS},
    )
    def post(self, request: Request, identity_id: UUID) -> Response:
        row, why = _found(request, identity_id), read(RevokeIn, request)["why"]
        return Response(
            _whole(identity_revoke(actor=request_actor(request), identity=row, why=why))
        )


def _found(request: Request, identity_id: UUID) -> SigningIdentity:
    return identity_find(actor=request_actor(request), identity_id=identity_id)


def _held(held: Held) -> dict[str, Any]:
    told = {name: said for name, said in held.told.to_dict().items() if name not in UNTOLD}
    return {"id": str(held.row.pk), **told}


def _whole(row: SigningIdentity) -> dict[str, Any]:
    return {
        **_held(Held(row, identity_told(row))),
        "request": identity_request(row).decode(),
        "chain": identity_chain(row).decode() or None,
    }
