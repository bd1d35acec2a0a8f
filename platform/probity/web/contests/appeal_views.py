"""Ruling on appeals: each view calls one service and goes back to the appeal."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_POST

from probity.accounts.models import Person
from probity.accounts.roles import Ability
from probity.cases.notice import places_read
from probity.contests.appeals import appeal_note, appeal_release, appeal_take
from probity.contests.models import Appeal
from probity.contests.selectors import appeal_find
from probity.core.errors import InvalidInput
from probity.decisions.measures import MANNERS, Asked
from probity.web.guard import actor_of, needs
from probity.web.language.said import said, said_of
from probity.workflow.appeal_rule import appeal_rule

from .appeal_page import AppealPage, appeals_page


@require_GET
@needs(Ability.CASES_READ)
def appeals(request: HttpRequest) -> HttpResponse:
    """Every appeal that waits, and those that ended last."""
    return render(request, "web/contests/appeals.html", {"page": appeals_page(_person(request))})


@require_GET
@needs(Ability.CASES_READ)
def appeal(request: HttpRequest, appeal_id: UUID) -> HttpResponse:
    """One appeal beside what it contests."""
    page = AppealPage(_found(request, appeal_id), person=_person(request))
    return render(request, "web/contests/appeal.html", {"page": page, "errors": {}})


@require_POST
@needs(Ability.APPEALS_DECIDE)
def take(request: HttpRequest, appeal_id: UUID) -> HttpResponseBase:
    """Take it for one lease, or extend."""
    appeal_take(appeal=_found(request, appeal_id), actor=actor_of(request))
    return redirect("appeal", appeal_id)


@require_POST
@needs(Ability.APPEALS_DECIDE)
def release(request: HttpRequest, appeal_id: UUID) -> HttpResponseBase:
    """Give it back."""
    appeal_release(appeal=_found(request, appeal_id), actor=actor_of(request))
    messages.success(request, gettext("The appeal waits for somebody again."))
    return redirect("appeals")


@require_POST
@needs(Ability.CASES_WORK)
def note(request: HttpRequest, appeal_id: UUID) -> HttpResponseBase:
    """Write a note down."""
    found = _found(request, appeal_id)
    try:
        appeal_note(appeal=found, text=request.POST.get("note", ""), actor=actor_of(request))
    except InvalidInput as wrong:
        return _again(request, found, wrong)
    return redirect("appeal", appeal_id)


@require_POST
@needs(Ability.APPEALS_DECIDE)
def rule(request: HttpRequest, appeal_id: UUID) -> HttpResponseBase:
    """Rule on it."""
    found = _found(request, appeal_id)
    try:
        ruling = appeal_rule(
            appeal=found, outcome=request.POST.get("outcome", ""), measures=_measures(request),
            reason=request.POST.get("reason", ""), actor=actor_of(request),
        )  # fmt: skip
    except InvalidInput as wrong:
        return _again(request, found, wrong)
    held = ruling.decision is not None and ruling.decision.needs_second_person
    say = (
        gettext("It takes effect once a second person agrees.")
        if held
        else gettext("It is told to both sides.")
    )
    messages.success(request, gettext("The ruling is written down. {say}").format(say=say))
    return redirect("appeal", appeal_id)


def _measures(request: HttpRequest) -> list[Asked]:
    places = places_read(request.POST.get("places", ""))
    days = request.POST.get("days", "").strip()
    if (days and not days.isascii()) or (days and not days.isdecimal()):
        raise InvalidInput.of(
            {"days": gettext("Give the days as a whole number, or leave them empty.")}
        )
    return [
        Asked(
            action,
            places=places if action in MANNERS and MANNERS[action].by_place else (),  # type: ignore[index]
            days=int(days) if days and MANNERS[action].lasting else None,  # type: ignore[index]
        )
        for action in request.POST.getlist("action")
        if action in MANNERS
    ]


def _again(request: HttpRequest, found: Appeal, wrong: InvalidInput) -> HttpResponse:
    kept: dict[str, object] = {**request.POST.dict(), "actions": request.POST.getlist("action")}
    errors = said_of(wrong.fields) or {"reason": said(wrong.sentence)}
    page = AppealPage(found, person=_person(request), kept=kept, errors=errors)
    context = {"page": page, "errors": errors}
    return render(request, "web/contests/appeal.html", context, status=wrong.status)


def _found(request: HttpRequest, appeal_id: UUID) -> Appeal:
    return appeal_find(appeal_id, person=_person(request))


def _person(request: HttpRequest) -> Person:
    return actor_of(request).require_person(Ability.CASES_READ)
