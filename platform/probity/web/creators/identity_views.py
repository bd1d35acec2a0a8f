"""A creator's signing identities: make, import the authority's answer, revoke."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from probity.accounts.roles import Ability
from probity.core.errors import InvalidInput, NotFound, Refusal
from probity.credentials.identities import (
    algorithms,
    identities_of,
    identity_chain,
    identity_create,
    identity_find,
    identity_import,
    identity_request,
    identity_revoke,
)
from probity.evidence.uploads import received_file
from probity.web.guard import actor_of, needs
from probity.web.language.said import said, said_of

FIELDS = ("name", "subject", "organisation", "country", "algorithm")


@never_cache
@require_http_methods(["GET", "POST"])
@needs(Ability.WORKS_SIGN)
def identities(request: HttpRequest) -> HttpResponseBase:
    """All of them, and a form for another."""
    if request.method == "GET":
        return _page(request)
    told = {name: request.POST.get(name, "").strip() for name in FIELDS}
    trial = request.POST.get("kind") == "trial"
    try:
        identity_create(actor=actor_of(request), trial=trial, **told)
    except InvalidInput as wrong:
        return _page(request, status=422, kept=told, trial=trial, errors=said_of(wrong.fields))
    except Refusal as refusal:
        errors = {"name": said(refusal.sentence)}
        return _page(request, status=refusal.status, kept=told, trial=trial, errors=errors)
    messages.success(
        request,
        gettext("The identity is ready for trials.")
        if trial
        else gettext("The key is made. Send its request to an authority, then import the answer."),
    )
    return redirect("desk-identities")


@require_GET
@needs(Ability.WORKS_SIGN)
def request_pem(request: HttpRequest, identity_id: UUID) -> HttpResponse:
    """The request to send to an authority."""
    row = identity_find(actor=actor_of(request), identity_id=identity_id)
    return _pem(identity_request(row), f"{row.name}.csr.pem")


@require_GET
@needs(Ability.WORKS_SIGN)
def chain_pem(request: HttpRequest, identity_id: UUID) -> HttpResponse:
    """The certificate with its chain."""
    row = identity_find(actor=actor_of(request), identity_id=identity_id)
    chain = identity_chain(row)
    if not chain:
        raise NotFound(gettext("This identity has no certificate yet."))
    return _pem(chain, f"{row.name}.chain.pem")


@require_POST
@needs(Ability.WORKS_SIGN)
def take_chain(request: HttpRequest, identity_id: UUID) -> HttpResponseBase:
    """The authority's answer."""
    actor = actor_of(request)
    row = identity_find(actor=actor, identity_id=identity_id)
    upload = received_file(request, "chain")
    pem = upload.path.read_bytes() if upload and upload.length < 1 << 20 else b""
    try:
        identity_import(actor=actor, identity=row, pem=pem)
    except Refusal as refusal:
        return _page(
            request, status=refusal.status, wrong={"id": row.pk, "sentence": said(refusal.sentence)}
        )
    messages.success(request, gettext("{name} can sign now.").format(name=row.name))
    return redirect("desk-identities")


@require_POST
@needs(Ability.WORKS_SIGN)
def revoke(request: HttpRequest, identity_id: UUID) -> HttpResponseBase:
    """Erase the key for good."""
    actor = actor_of(request)
    row = identity_find(actor=actor, identity_id=identity_id)
    identity_revoke(actor=actor, identity=row, why=request.POST.get("why", ""))
    messages.success(
        request, gettext("{name} is revoked: its key is erased.").format(name=row.name)
    )
    return redirect("desk-identities")


def _page(request: HttpRequest, *, status: int = 200, **state: Any) -> HttpResponse:
    person = actor_of(request).require_person(Ability.WORKS_SIGN)
    page = {"held": identities_of(person), "algorithms": algorithms(), **state}
    return render(request, "web/creators/identities.html", {"page": page}, status=status)


def _pem(data: bytes, name: str) -> HttpResponse:
    response = HttpResponse(data, content_type="application/x-pem-file")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
