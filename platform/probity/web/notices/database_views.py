"""The DSA Transparency Database, for leads: what goes, what stays and why, counts."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_POST

from probity.accounts.roles import Ability
from probity.cases.access import case_require
from probity.core.clock import now
from probity.core.errors import InvalidInput
from probity.decisions.selectors import decision_find
from probity.notices.transparency.counts import counts_csv, decisions_counted
from probity.notices.transparency.facts import public_facts_write
from probity.web.guard import actor_of, needs
from probity.web.language.said import said_of

from .database_page import database_page

YEAR = timedelta(days=365)


@require_GET
@needs(Ability.NOTICES_MANAGE)
def database(request: HttpRequest) -> HttpResponse:
    """What would be sent, what is refused and why."""
    return _page(request)


@require_POST
@needs(Ability.NOTICES_MANAGE)
def facts(request: HttpRequest, decision_id: UUID) -> HttpResponseBase:
    """Write the facts that the public reads in place of the reason."""
    decision, said = decision_find(decision_id), request.POST
    case_require(actor_of(request).person, decision.case_id)
    try:
        public_facts_write(
            decision=decision, facts=said.get("facts", ""), actor=actor_of(request),
            content_date=day_read(said.get("content_date", ""), "content_date"),
        )  # fmt: skip
    except InvalidInput as wrong:
        return _page(
            request, status=422, form=str(decision_id), draft=said, errors=said_of(wrong.fields)
        )
    messages.success(request, gettext("These facts are told in place of the reason."))
    return redirect("transparency")


@require_GET
@needs(Ability.NOTICES_MANAGE)
def counts(request: HttpRequest) -> HttpResponse:
    """Counts for the yearly and half-yearly reports (DSA art. 15, 24), as CSV."""
    until = day_read(request.GET.get("until", ""), "until") or now().date() + timedelta(days=1)
    since = day_read(request.GET.get("since", ""), "since") or until - YEAR
    rows = decisions_counted(since=_begins(since), until=_begins(until))
    response = HttpResponse(counts_csv(rows), content_type="text/csv; charset=utf-8")
    name = f"decisions-{since.isoformat()}-{until.isoformat()}.csv"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def day_read(said: str, name: str) -> date | None:
    """A day, or None where nothing was said; raises InvalidInput for anything else."""
    if not said:
        return None
    try:
        return date.fromisoformat(said)
    except ValueError:
        raise InvalidInput.of({name: gettext("Give the day as YYYY-MM-DD.")}) from None


def _begins(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def _page(request: HttpRequest, *, status: int = 200, **state: Any) -> HttpResponse:
    page = database_page(actor_of(request).require_self(), **state)
    return render(request, "web/notices/database.html", {"page": page}, status=status)
