"""Requests by people who are shown: what is owed to whom, and writing to them."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_POST

from probity.accounts.roles import Ability
from probity.cases.access import visible
from probity.cases.models import Report
from probity.contests.request_models import UpdateKind
from probity.contests.updates import requests_open
from probity.core.errors import InvalidInput, NotFound
from probity.web.guard import actor_of, needs
from probity.web.language.said import said_of
from probity.web.language.tables import UPDATE_WORDS
from probity.workflow.request_update import request_update


@require_GET
@needs(Ability.CASES_READ)
def requests(request: HttpRequest) -> HttpResponse:
    """Undecided requests, what is owed first."""
    return _shown(request)


@require_POST
@needs(Ability.CASES_WORK)
def update(request: HttpRequest, report_id: UUID) -> HttpResponseBase:
    """Write to whoever asked."""
    person = actor_of(request).require_person(Ability.CASES_WORK)
    found = Report.objects.filter(visible(person, through="case"), pk=report_id).first()
    if found is None:
        raise NotFound(gettext("There is no request with this id."))
    try:
        request_update(
            report=found,
            kind=request.POST.get("kind", ""),
            text=request.POST.get("text", ""),
            actor=actor_of(request),
        )
    except InvalidInput as wrong:
        return _shown(request, wrong=wrong, at=report_id)
    messages.success(request, gettext("It is written down, and sent where there is an address."))
    return redirect("requests")


def _shown(
    request: HttpRequest, *, wrong: InvalidInput | None = None, at: UUID | None = None
) -> HttpResponse:
    person = actor_of(request).require_person(Ability.CASES_READ)
    context = {
        "rows": requests_open(person), "at": at,
        "kinds": [(kind, UPDATE_WORDS[kind]) for kind in UpdateKind],
        "errors": said_of(wrong.fields) if wrong else {}, "text": request.POST.get("text", ""),
    }  # fmt: skip
    return render(
        request, "web/contests/requests.html", context, status=wrong.status if wrong else 200
    )
