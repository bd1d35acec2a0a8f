"""Alerts and watch-lists, for staff."""

from __future__ import annotations

from collections.abc import Callable
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
from probity.alerts.lists import (
    hash_add,
    hash_remove,
    term_add,
    term_remove,
    watch_list_make,
    watch_list_pause,
)
from probity.alerts.models import WatchList
from probity.alerts.raising import alert_close
from probity.alerts.selectors import alert_find, subscription_find, watch_list_find
from probity.alerts.subscriptions import (
    subscription_ask,
    subscription_ask_again,
    subscription_dismiss,
)
from probity.core.errors import Conflict, InvalidInput, NotFound
from probity.outbox.models import Endpoint
from probity.outbox.selectors import endpoint_find
from probity.web.guard import actor_of, needs
from probity.web.language.said import said, said_of

from .page import alert_page, alerts_page, list_page, lists_page

FIELDS = ("text", "own", "kind", "value", "label", "why", "email", "via", "rhythm")


@never_cache
@require_GET
@needs(Ability.CASES_READ)
def alerts(request: HttpRequest) -> HttpResponse:
    """What was found, the newest first."""
    key = request.GET.get("list", "")
    watch_list = watch_list_find(_uuid(key)) if key else None
    page = alerts_page(
        person=actor_of(request).require_self(), show=request.GET.get("show", "open"),
        watch_list=watch_list,
    )  # fmt: skip
    return render(request, "web/alerts/alerts.html", {"page": page})


@never_cache
@require_GET
@needs(Ability.CASES_READ)
def alert(request: HttpRequest, alert_id: UUID) -> HttpResponse:
    """One alert."""
    return render(request, "web/alerts/alert.html", {"page": alert_page(alert_find(alert_id))})


@require_POST
@needs(Ability.CASES_WORK)
def close(request: HttpRequest, alert_id: UUID) -> HttpResponseBase:
    """Say what it was worth."""
    alert_close(
        actor=actor_of(request), alert=alert_find(alert_id),
        outcome=request.POST.get("outcome", ""),
    )  # fmt: skip
    messages.success(request, gettext("Thank you: that is written down."))
    return redirect("alert", alert_id)


@never_cache
@require_http_methods(["GET", "POST"])
@needs(Ability.ALERTS_MANAGE)
def watch_lists(request: HttpRequest) -> HttpResponseBase:
    """All lists, and a form for another."""
    if request.method == "GET":
        return render(request, "web/alerts/lists.html", {"page": lists_page()})
    said = {name: request.POST.get(name, "") for name in ("name", "kind", "why")}
    try:
        row = watch_list_make(actor=actor_of(request), **said)
    except (InvalidInput, Conflict) as wrong:
        page = lists_page(kept=said, errors=_errors(wrong, "name"))
        return render(request, "web/alerts/lists.html", {"page": page}, status=wrong.status)
    messages.success(
        request,
        gettext("{name} is made. Say what stands on it, and who is told.").format(name=row.name),
    )
    return redirect("watch-list", row.pk)


@never_cache
@require_GET
@needs(Ability.ALERTS_MANAGE)
def watch_list(request: HttpRequest, list_id: UUID) -> HttpResponse:
    """One list."""
    return _list(request, watch_list_find(list_id))


@require_POST
@needs(Ability.ALERTS_MANAGE)
def pause(request: HttpRequest, list_id: UUID) -> HttpResponseBase:
    """Pause it, or take it up again."""
    paused = request.POST.get("to") == "paused"
    watch_list_pause(actor=actor_of(request), watch_list=watch_list_find(list_id), paused=paused)
    messages.success(
        request, gettext("The list is paused.") if paused else gettext("The list watches again.")
    )
    return redirect("watch-list", list_id)


@require_POST
@needs(Ability.ALERTS_MANAGE)
def add_term(request: HttpRequest, list_id: UUID) -> HttpResponseBase:
    """Put a name on it."""
    said = _said(request)

    def add(row: WatchList) -> str:
        own = said["own"].replace(",", " ").split()
        term_add(actor=actor_of(request), watch_list=row, text=said["text"], own=own)
        return gettext("The name is on the list.")

    return _done(request, list_id, add, field="text")


@require_POST
@needs(Ability.ALERTS_MANAGE)
def remove_term(request: HttpRequest, list_id: UUID, term_id: UUID) -> HttpResponseBase:
    """Take a name off it."""
    term_remove(actor=actor_of(request), watch_list=watch_list_find(list_id), term_id=term_id)
    messages.success(request, gettext("The name is off the list, and erased."))
    return redirect("watch-list", list_id)


@require_POST
@needs(Ability.ALERTS_MANAGE)
def add_hash(request: HttpRequest, list_id: UUID) -> HttpResponseBase:
    """Put a hash on it."""
    said = _said(request)

    def add(row: WatchList) -> str:
        given = {name: said[name] for name in ("kind", "value", "label", "why")}
        hash_add(actor=actor_of(request), watch_list=row, **given)
        return gettext("The hash is on the list. What is here already is held against it soon.")

    return _done(request, list_id, add, field="value")


@require_POST
@needs(Ability.ALERTS_MANAGE)
def remove_hash(request: HttpRequest, list_id: UUID, entry_id: UUID) -> HttpResponseBase:
    """Take a hash off it."""
    hash_remove(
        actor=actor_of(request), watch_list=watch_list_find(list_id), entry_id=entry_id,
        why=request.POST.get("why", ""),
    )  # fmt: skip
    messages.success(request, gettext("The hash is off the list."))
    return redirect("watch-list", list_id)


@require_POST
@needs(Ability.ALERTS_MANAGE)
def subscribe(request: HttpRequest, list_id: UUID) -> HttpResponseBase:
    """Ask an address whether it wants this list's alerts."""
    said = _said(request)

    def ask(row: WatchList) -> str:
        via, endpoint = _via(said["via"])
        subscription_ask(
            actor=actor_of(request), watch_list=row, email=said["email"], via=via,
            rhythm=said["rhythm"], endpoint=endpoint,
        )  # fmt: skip
        return gettext("The address was asked. It gets alerts once it has said yes.")

    return _done(request, list_id, ask, field="email")


@require_POST
@needs(Ability.ALERTS_MANAGE)
def ask_again(request: HttpRequest, list_id: UUID, subscription_id: UUID) -> HttpResponseBase:
    """Send the confirmation once more."""
    row = subscription_find(watch_list=watch_list_find(list_id), subscription_id=subscription_id)
    subscription_ask_again(actor=actor_of(request), subscription=row)
    messages.success(
        request, gettext("The address was asked again; the former link works no more.")
    )
    return redirect("watch-list", list_id)


@require_POST
@needs(Ability.ALERTS_MANAGE)
def dismiss(request: HttpRequest, list_id: UUID, subscription_id: UUID) -> HttpResponseBase:
    """End a subscription."""
    row = subscription_find(watch_list=watch_list_find(list_id), subscription_id=subscription_id)
    subscription_dismiss(actor=actor_of(request), subscription=row)
    messages.success(request, gettext("It gets no more alerts, and its address is forgotten."))
    return redirect("watch-list", list_id)


def _done(
    request: HttpRequest, list_id: UUID, change: Callable[[WatchList], str], *, field: str
) -> HttpResponseBase:
    row = watch_list_find(list_id)
    try:
        sentence = change(row)
    except (InvalidInput, Conflict) as wrong:
        said = _said(request)
        return _list(request, row, status=wrong.status, kept=said, errors=_errors(wrong, field))
    messages.success(request, sentence)
    return redirect("watch-list", list_id)


def _list(request: HttpRequest, row: WatchList, *, status: int = 200, **state: Any) -> HttpResponse:
    page = list_page(row, person=actor_of(request).require_self(), **state)
    return render(request, "web/alerts/list.html", {"page": page}, status=status)


def _said(request: HttpRequest) -> dict[str, str]:
    return {name: request.POST.get(name, "") for name in FIELDS}


def _via(text: str) -> tuple[str, Endpoint | None]:
    """``mail``, or ``webhook:`` and an endpoint's id."""
    via, _, key = text.partition(":")
    return via, endpoint_find(_uuid(key)) if key else None


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise NotFound(gettext("There is nothing with this id.")) from None


def _errors(wrong: InvalidInput | Conflict, name: str) -> dict[str, str]:
    if isinstance(wrong, InvalidInput):
        return said_of(wrong.fields) or {name: said(wrong.sentence)}
    return {name: said(wrong.sentence)}
