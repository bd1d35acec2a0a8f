"""Trusted flaggers and authorities: whose reports are theirs, and how reliable they were."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from probity.accounts.models import ApiToken, Person
from probity.accounts.roles import Ability
from probity.cases.models import Category
from probity.contests.records import CSV_HEAD, csv_line, record_lines, record_of_sender
from probity.core.errors import InvalidInput, NotFound
from probity.parties import services
from probity.parties.models import Sender
from probity.parties.selectors import sender_find
from probity.parties.selectors import senders as all_senders
from probity.web.guard import actor_of, needs
from probity.web.language.said import said_of
from probity.web.language.tables import CATEGORY_WORDS
from probity.web.language.tables import SENDER_KIND_WORDS as KIND_WORDS
from probity.web.tables import csv_response

TEXTS = ("name", "kind", "award_authority", "place", "reference", "email", "language")


@require_http_methods(["GET", "POST"])
@needs(Ability.CASES_READ)
def senders(request: HttpRequest) -> HttpResponseBase:
    """All of them with their record; enter one more."""
    if request.method == "GET":
        return _listed(request)
    actor = actor_of(request)
    try:
        made = services.sender_register(actor=actor, **_fields(request, with_name=True))
    except InvalidInput as wrong:
        return _listed(request, wrong)
    messages.success(request, gettext("{name} is entered.").format(name=made.name))
    return redirect("sender", made.pk)


@require_http_methods(["GET", "POST"])
@needs(Ability.CASES_READ)
def sender(request: HttpRequest, sender_id: UUID) -> HttpResponseBase:
    """One organisation; correct what is kept of it."""
    found = sender_find(sender_id)
    if request.method == "GET":
        return _one(request, found)
    try:
        services.sender_change(sender=found, actor=actor_of(request), **_fields(request))
    except InvalidInput as wrong:
        return _one(request, found, wrong)
    messages.success(request, gettext("It is corrected."))
    return redirect("sender", sender_id)


@require_POST
@needs(Ability.SENDERS_MANAGE)
def end(request: HttpRequest, sender_id: UUID) -> HttpResponseBase:
    """End its standing."""
    found = sender_find(sender_id)
    try:
        services.sender_end(
            sender=found, on=_day(request, "on"), why=request.POST.get("why", ""),
            actor=actor_of(request),
        )  # fmt: skip
    except InvalidInput as wrong:
        return _one(request, found, wrong)
    messages.success(request, gettext("Its standing has ended."))
    return redirect("sender", sender_id)


@require_POST
@needs(Ability.SENDERS_MANAGE)
def bind(request: HttpRequest, sender_id: UUID) -> HttpResponseBase:
    """Take a person's reports, or those of one token, as its own."""
    found, name = sender_find(sender_id), request.POST.get("name", "").strip()
    person = Person.objects.filter(username=name, is_active=True).first()
    token = None if person else _token(name)
    if person is None and token is None:
        wrong = {"binding": gettext("Nobody has this sign-in name, and no live token has this id.")}
        return _one(request, found, InvalidInput.of(wrong))
    services.sender_bind(sender=found, person=person, token=token, actor=actor_of(request))
    messages.success(
        request, gettext("From now on its reports come from {name}.").format(name=found.name)
    )
    return redirect("sender", sender_id)


@require_POST
@needs(Ability.SENDERS_MANAGE)
def unbind(request: HttpRequest, sender_id: UUID, binding_id: UUID) -> HttpResponseBase:
    """End a binding."""
    binding = sender_find(sender_id).bindings.filter(pk=binding_id).first()
    if binding is None:
        raise NotFound(gettext("This organisation has no such binding."))
    services.sender_unbind(binding=binding, actor=actor_of(request))
    return redirect("sender", sender_id)


@require_GET
@needs(Ability.CASES_READ)
def record(request: HttpRequest) -> HttpResponseBase:
    """The record of all of them as CSV (DSA art. 22)."""
    del request
    rows = (csv_line(one, row) for one, row in record_lines(all_senders()))
    return csv_response(name="senders.csv", header=CSV_HEAD, rows=rows)


def _listed(request: HttpRequest, wrong: InvalidInput | None = None) -> HttpResponse:
    context = {
        "rows": record_lines(all_senders()), "kinds": KIND_WORDS.items(),
        "areas": CATEGORY_WORDS.items(), "errors": said_of(wrong.fields) if wrong else {},
        "kept": request.POST, "kept_areas": request.POST.getlist("areas"),
        "may_manage": Ability.SENDERS_MANAGE in actor_of(request).abilities,
    }  # fmt: skip
    status = wrong.status if wrong else 200
    return render(request, "web/contests/senders.html", context, status=status)


def _one(request: HttpRequest, found: Sender, wrong: InvalidInput | None = None) -> HttpResponse:
    context = {
        "sender": found, "record": record_of_sender(found), "areas": CATEGORY_WORDS.items(),
        "bindings": found.bindings.filter(ended_at=None).select_related("person", "token__person"),
        "area_words": [CATEGORY_WORDS[one] for one in Category if one in found.areas],
        "errors": said_of(wrong.fields) if wrong else {},
        "may_manage": Ability.SENDERS_MANAGE in actor_of(request).abilities,
    }  # fmt: skip
    return render(
        request, "web/contests/sender.html", context, status=wrong.status if wrong else 200
    )


def _fields(request: HttpRequest, *, with_name: bool = False) -> dict[str, Any]:
    texts = TEXTS if with_name else TEXTS[2:]
    given: dict[str, Any] = {name: request.POST.get(name, "") for name in texts}
    areas = [area for area in request.POST.getlist("areas") if area in set(Category)]
    return {**given, "areas": areas, "awarded_on": _day(request, "awarded_on")}


def _day(request: HttpRequest, name: str) -> date:
    try:
        return date.fromisoformat(request.POST.get(name, ""))
    except ValueError:
        raise InvalidInput.of({name: gettext("Give the day, such as 2026-02-17.")})


def _token(name: str) -> ApiToken | None:
    try:
        return ApiToken.objects.filter(pk=UUID(name), revoked_at=None).first()
    except ValueError:
        return None
