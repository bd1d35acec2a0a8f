"""Holding and erasing, from a case: each view calls one service and shows the page again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, time
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_POST

from probity.accounts.roles import Ability
from probity.cases.models import Case
from probity.cases.selectors import case_find
from probity.core.errors import InvalidInput, NotFound
from probity.evidence.models import Asset
from probity.keeping.holds import hold_place, hold_release
from probity.keeping.models import ErasureRequest
from probity.keeping.notes import note_keep, note_remove
from probity.keeping.requests import (
    Wanted,
    erasure_approve,
    erasure_enter,
    erasure_extend,
    erasure_refuse,
)
from probity.keeping.selectors import hold_find, note_find
from probity.web.guard import actor_of, needs
from probity.web.language.said import said_of

from .case_page import keeping_page


@require_GET
@needs(Ability.CASES_READ)
def case_keeping(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Holds on the case, what was asked to go, and the forms for both."""
    return _page(request, case_find(case_id))


@require_POST
@needs(Ability.HOLDS_MANAGE)
def hold(request: HttpRequest, case_id: UUID) -> HttpResponseBase:
    """Place a hold on the case or one of its files."""
    case, said = case_find(case_id), request.POST

    def place() -> None:
        hold_place(
            case=case, asset=_asset(case, said.get("asset", "")), kind=said.get("kind", ""),
            reason=said.get("reason", ""), reference=said.get("reference", ""),
            until=_day(said.get("until", "")), actor=actor_of(request),
        )  # fmt: skip

    return _done(
        request,
        case,
        "hold",
        place,
        gettext("The hold stands: nothing it covers can be destroyed."),
    )


@require_POST
@needs(Ability.HOLDS_MANAGE)
def release(request: HttpRequest, case_id: UUID, hold_id: UUID) -> HttpResponseBase:
    """Release one."""
    case, found = case_find(case_id), hold_find(hold_id)
    reason = request.POST.get("release_reason", "")

    def act() -> None:
        hold_release(hold=found, reason=reason, actor=actor_of(request))

    say = gettext("The hold is released. Erasures that waited for it go on by themselves.")
    return _done(request, case, f"release-{hold_id}", act, say)


@require_POST
@needs(Ability.CASES_WORK)
def enter(request: HttpRequest, case_id: UUID) -> HttpResponseBase:
    """Write down what somebody asked for; their private address is shown this once."""
    case, said = case_find(case_id), request.POST
    try:
        wanted = Wanted(
            reports=[_id(key) for key in said.getlist("reports")],
            assets=said.getlist("assets"), words=said.get("words", ""),
        )  # fmt: skip
        row, token = erasure_enter(
            case=case, requester=said.get("requester", ""), wanted=wanted, actor=actor_of(request)
        )
    except InvalidInput as wrong:
        return _wrong(request, case, "enter", wrong)
    if row.joined:
        messages.info(request, gettext("They had asked before: this joined their open request."))
    address = request.build_absolute_uri(reverse("erasure-outcome", args=[token]))
    return _page(request, case, address=address)


@require_POST
@needs(Ability.ERASURES_DECIDE)
def approve(request: HttpRequest, case_id: UUID, request_id: UUID) -> HttpResponseBase:
    """Grant a request."""
    case = case_find(case_id)
    found = _request(case, request_id)
    chosen = request.POST.getlist("assets") if "narrowed" in request.POST else None

    def act() -> None:
        erasure_approve(request=found, assets=chosen, actor=actor_of(request))

    return _done(
        request, case, f"decide-{request_id}", act, gettext("Granted. A worker erases it now.")
    )


@require_POST
@needs(Ability.ERASURES_DECIDE)
def refuse(request: HttpRequest, case_id: UUID, request_id: UUID) -> HttpResponseBase:
    """Refuse one."""
    case, said = case_find(case_id), request.POST
    found = _request(case, request_id)

    def act() -> None:
        erasure_refuse(
            request=found, ground=said.get("ground", ""), reason=said.get("reason", ""),
            actor=actor_of(request),
        )  # fmt: skip

    say = gettext("Refused. The one who asked reads the reason on their page.")
    return _done(request, case, f"decide-{request_id}", act, say)


@require_POST
@needs(Ability.ERASURES_DECIDE)
def extend(request: HttpRequest, case_id: UUID, request_id: UUID) -> HttpResponseBase:
    """Take two months more."""
    case, why = case_find(case_id), request.POST.get("why", "")
    found = _request(case, request_id)

    def act() -> None:
        erasure_extend(request=found, why=why, actor=actor_of(request))

    return _done(request, case, f"decide-{request_id}", act, gettext("There are two months more."))


@require_POST
@needs(Ability.ERASURES_DECIDE)
def note(request: HttpRequest, case_id: UUID, note_id: UUID) -> HttpResponseBase:
    """Keep a note that speaks of nothing that was erased, or erase it."""
    case = case_find(case_id)
    found, keep = note_find(case, note_id), request.POST.get("answer") == "keep"

    def act() -> None:
        (note_keep if keep else note_remove)(note=found, actor=actor_of(request))

    say = gettext("The note stays.") if keep else gettext("The note is erased.")
    return _done(request, case, "notes", act, say)


def _done(
    request: HttpRequest, case: Case, form: str, act: Callable[[], None], say: str
) -> HttpResponseBase:
    try:
        act()
    except InvalidInput as wrong:
        return _wrong(request, case, form, wrong)
    messages.success(request, say)
    return redirect("case-keeping", case_id=case.pk)


def _wrong(request: HttpRequest, case: Case, form: str, wrong: InvalidInput) -> HttpResponse:
    draft = {name: str(value) for name, value in request.POST.items()}
    return _page(request, case, status=422, form=form, draft=draft, errors=said_of(wrong.fields))


def _page(request: HttpRequest, case: Case, *, status: int = 200, **state: Any) -> HttpResponse:
    page = keeping_page(case, actor=actor_of(request), **state)
    return render(request, "web/keeping/case.html", {"page": page}, status=status)


def _asset(case: Case, sha256: str) -> Asset | None:
    """The file that was chosen; None for the whole case."""
    if not sha256:
        return None
    item = case.items.select_related("asset").filter(asset=sha256).first()
    if item is None:
        raise NotFound(gettext("This case has no such file."))
    return item.asset


def _request(case: Case, request_id: UUID) -> ErasureRequest:
    found = case.erasures.filter(pk=request_id).first()
    if found is None:
        raise NotFound(gettext("There is no such request in this case."))
    return found


def _day(text: str) -> datetime | None:
    """The end of a day as a date field gives it, UTC."""
    if not text.strip():
        return None
    try:
        day = datetime.fromisoformat(text.strip()).date()
    except ValueError:
        raise InvalidInput.of({"until": gettext("The end is a day such as 2027-03-31.")})
    return datetime.combine(day, time(23, 59, 59), UTC)


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise InvalidInput.of({"what": gettext("This case has no such report or file.")})
