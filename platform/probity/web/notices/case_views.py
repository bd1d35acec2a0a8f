"""What a case told anybody: the letters, and holds on telling."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
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
from probity.core.errors import InvalidInput
from probity.notices.holds import notice_hold_end, notice_hold_place
from probity.notices.selectors import hold_find
from probity.notices.services import page_open
from probity.web.guard import actor_of, needs
from probity.web.language.said import said_of

from .case_page import case_notices


@require_GET
@needs(Ability.CASES_READ)
def notices(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Every notice with its exact words."""
    return _page(request, case_find(case_id))


@require_POST
@needs(Ability.NOTICES_MANAGE)
def uploader_address(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """The uploader's private address, to be passed on by the platform where no mail is known."""
    case = case_find(case_id)
    _, token = page_open(case=case)
    address = request.build_absolute_uri(reverse("uploader-page", args=[token]))
    return _page(request, case, page_address=address)


@require_POST
@needs(Ability.NOTICES_MANAGE)
def hold(request: HttpRequest, case_id: UUID) -> HttpResponseBase:
    """Keep a party from being told."""
    case, said = case_find(case_id), request.POST
    try:
        notice_hold_place(
            case=case, to=said.get("to", ""), ground=said.get("ground", ""),
            reason=said.get("reason", ""), reference=said.get("reference", ""),
            until=_end_of_day(said.get("until", "")), actor=actor_of(request),
        )  # fmt: skip
    except InvalidInput as wrong:
        return _page(
            request, case, status=422, form="hold", draft=said, errors=said_of(wrong.fields)
        )
    messages.success(request, gettext("From now on they are told nothing about this case."))
    return redirect("case-notices", case.pk)


@require_POST
@needs(Ability.NOTICES_MANAGE)
def hold_end(request: HttpRequest, case_id: UUID, hold_id: UUID) -> HttpResponseBase:
    """Let a party be told again; what was held back goes out."""
    case = case_find(case_id)
    found = hold_find(case, hold_id)
    reason = request.POST.get("ended_reason", "")
    try:
        sent = notice_hold_end(hold=found, reason=reason, actor=actor_of(request))
    except InvalidInput as wrong:
        form = f"end-{hold_id}"
        return _page(request, case, status=422, form=form, errors=said_of(wrong.fields))
    if len(sent) == 1:
        messages.success(
            request, gettext("The hold has ended, and one notice that it held back went out.")
        )
    else:
        messages.success(
            request,
            gettext("The hold has ended, and {sent} notices that it held back went out.").format(
                sent=len(sent)
            ),
        )
    return redirect("case-notices", case.pk)


def _page(request: HttpRequest, case: Case, *, status: int = 200, **state: Any) -> HttpResponse:
    page = case_notices(case, actor=actor_of(request), **state)
    return render(request, "web/notices/case.html", {"page": page}, status=status)


def _end_of_day(said: str) -> datetime | None:
    if not said:
        return None
    try:
        day = date.fromisoformat(said)
    except ValueError:
        raise InvalidInput.of({"until": gettext("Give the last day as YYYY-MM-DD.")}) from None
    return datetime.combine(day, time(23, 59, 59), tzinfo=UTC)
