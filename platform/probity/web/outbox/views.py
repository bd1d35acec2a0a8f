"""Endpoints, deliveries and dead letters, for administrators."""

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
from probity.core.errors import Conflict, InvalidInput
from probity.outbox.endpoints import (
    endpoint_change,
    endpoint_disable,
    endpoint_enable,
    endpoint_make,
    endpoint_rotate,
    endpoint_test,
)
from probity.outbox.models import Endpoint
from probity.outbox.selectors import endpoint_find, message_find
from probity.outbox.services import message_redeliver
from probity.web.guard import actor_of, needs
from probity.web.language.said import said, said_of

from .page import endpoint_page, endpoints_page, message_page, messages_page


@never_cache
@require_http_methods(["GET", "POST"])
@needs(Ability.OUTBOX_MANAGE)
def endpoints(request: HttpRequest) -> HttpResponseBase:
    """All of them, and a form for another; a new one's secret is shown this once."""
    if request.method == "GET":
        return render(request, "web/outbox/endpoints.html", {"page": endpoints_page()})
    try:
        row, secret = endpoint_make(actor=actor_of(request), **_said(request))
    except (InvalidInput, Conflict) as wrong:
        page = endpoints_page(**_kept(request), errors=_errors(wrong))
        return render(request, "web/outbox/endpoints.html", {"page": page}, status=wrong.status)
    messages.success(
        request, gettext("{name} is added. Copy its secret now.").format(name=row.name)
    )
    return _endpoint(request, row, secret=secret)


@never_cache
@require_http_methods(["GET", "POST"])
@needs(Ability.OUTBOX_MANAGE)
def endpoint(request: HttpRequest, endpoint_id: UUID) -> HttpResponseBase:
    """One endpoint, and changing it."""
    row = endpoint_find(endpoint_id)
    if request.method == "GET":
        return _endpoint(request, row)
    try:
        endpoint_change(actor=actor_of(request), endpoint=row, **_said(request))
    except (InvalidInput, Conflict) as wrong:
        state = {**_kept(request), "errors": _errors(wrong)}
        return _endpoint(request, row, status=wrong.status, **state)
    messages.success(request, gettext("The changes are saved."))
    return redirect("outbox-endpoint", endpoint_id)


@never_cache
@require_POST
@needs(Ability.OUTBOX_MANAGE)
def rotate(request: HttpRequest, endpoint_id: UUID) -> HttpResponseBase:
    """A new secret; the former one signs too for a while."""
    row = endpoint_find(endpoint_id)
    hours = request.POST.get("hours", "")
    try:
        row, secret = endpoint_rotate(
            actor=actor_of(request), endpoint=row, hours=int(hours) if hours.isdecimal() else -1
        )
    except InvalidInput as wrong:
        return _endpoint(request, row, status=422, errors=said_of(wrong.fields))
    messages.success(request, gettext("There is a new secret. Copy it now."))
    return _endpoint(request, row, secret=secret)


@require_POST
@needs(Ability.OUTBOX_MANAGE)
def switch(request: HttpRequest, endpoint_id: UUID) -> HttpResponseBase:
    """Off, or on again."""
    row, actor = endpoint_find(endpoint_id), actor_of(request)
    if request.POST.get("to") == "on":
        endpoint_enable(actor=actor, endpoint=row)
        messages.success(
            request,
            gettext("{name} is on. Its dead letters can be sent again.").format(name=row.name),
        )
    else:
        endpoint_disable(actor=actor, endpoint=row, why=request.POST.get("why", ""))
        messages.success(
            request,
            gettext("{name} is off. What waited for it is a dead letter now.").format(
                name=row.name
            ),
        )
    return redirect("outbox-endpoint", endpoint_id)


@require_POST
@needs(Ability.OUTBOX_MANAGE)
def test(request: HttpRequest, endpoint_id: UUID) -> HttpResponseBase:
    """Send a test."""
    message = endpoint_test(actor=actor_of(request), endpoint=endpoint_find(endpoint_id))
    messages.success(
        request, gettext("A test is on its way. Reload this page to see what came back.")
    )
    return redirect("outbox-message", message.pk)


@never_cache
@require_GET
@needs(Ability.OUTBOX_MANAGE)
def deliveries(request: HttpRequest) -> HttpResponse:
    """Messages, by state."""
    page = messages_page(request.GET.get("state", ""))
    return render(request, "web/outbox/messages.html", {"page": page})


@never_cache
@require_GET
@needs(Ability.OUTBOX_MANAGE)
def message(request: HttpRequest, message_id: UUID) -> HttpResponse:
    """One message: its words and every attempt."""
    page = message_page(message_find(message_id))
    return render(request, "web/outbox/message.html", {"page": page})


@require_POST
@needs(Ability.OUTBOX_MANAGE)
def again(request: HttpRequest, message_id: UUID) -> HttpResponseBase:
    """Send a finished message again."""
    message_redeliver(message=message_find(message_id), actor=actor_of(request))
    messages.success(request, gettext("It is sent again, with the same id and the same words."))
    return redirect("outbox-message", message_id)


def _endpoint(
    request: HttpRequest, row: Endpoint, *, status: int = 200, **state: Any
) -> HttpResponse:
    page = endpoint_page(row, **state)
    return render(request, "web/outbox/endpoint.html", {"page": page}, status=status)


def _said(request: HttpRequest) -> dict[str, Any]:
    return {
        "name": request.POST.get("name", ""),
        "url": request.POST.get("url", "").strip(),
        "subscribed": request.POST.getlist("kinds"),
    }


def _kept(request: HttpRequest) -> dict[str, Any]:
    said = _said(request)
    return {
        "kept": {"name": said["name"], "url": said["url"]},
        "ticked": frozenset(said["subscribed"]),
    }


def _errors(wrong: InvalidInput | Conflict) -> dict[str, str]:
    return (
        said_of(wrong.fields) if isinstance(wrong, InvalidInput) else {"name": said(wrong.sentence)}
    )
