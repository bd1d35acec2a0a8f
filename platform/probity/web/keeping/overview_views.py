"""Keeping and erasing for the whole house: holds, requests, schedules with a preview."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from probity.accounts.roles import Ability
from probity.core.errors import InvalidInput
from probity.keeping.schedules import schedule_read, schedule_set
from probity.keeping.selectors import erasure_by_receipt
from probity.web.guard import actor_of, needs
from probity.web.language.said import said_of

from .case_page import erasure_line
from .overview_page import overview_page, schedules_page

NAMES = ("days", "anchor", "why")


@require_GET
@needs(Ability.CASES_READ)
def overview(request: HttpRequest) -> HttpResponse:
    """What is held, and what was asked to go."""
    page = overview_page(actor_of(request).require_self())
    return render(request, "web/keeping/overview.html", {"page": page})


@require_http_methods(["GET", "POST"])
@needs(Ability.CASES_READ)
def schedules(request: HttpRequest) -> HttpResponseBase:
    """For how long each category stays; changing one shows first what would go."""
    may_set = Ability.RETENTION_MANAGE in actor_of(request).abilities
    if request.method == "GET":
        return _schedules(request, may_set=may_set)
    actor_of(request).require(Ability.RETENTION_MANAGE)
    said = {name: request.POST.get(name, "") for name in NAMES}
    category = request.POST.get("category", "")
    try:
        if "save" in request.POST:
            schedule_set(category=category, actor=actor_of(request), **said)
            messages.success(request, gettext("The schedule is changed from now on."))
            return redirect("keeping-schedules")
        proposed = schedule_read(category=category, days=said["days"], anchor=said["anchor"])
    except InvalidInput as wrong:
        state = {"category": category, "draft": said, "errors": said_of(wrong.fields)}
        return _schedules(request, status=422, may_set=may_set, **state)
    return _schedules(request, may_set=may_set, category=category, draft=said, proposed=proposed)


@never_cache
@require_GET
def outcome(request: HttpRequest, token: str) -> HttpResponse:
    """What became of a request, for whoever has its address."""
    row = erasure_by_receipt(token)
    response = render(request, "web/keeping/outcome.html", {"line": erasure_line(row)})
    response["Referrer-Policy"] = "no-referrer"
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response


def _schedules(request: HttpRequest, *, status: int = 200, **state: object) -> HttpResponse:
    page = schedules_page(person=actor_of(request).require_self(), **state)  # type: ignore[arg-type]
    return render(request, "web/keeping/schedules.html", {"page": page}, status=status)
