"""One's own account: what one may see, where one is signed in, how one signs in."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from probity.accounts.adapters import SESSION_KEY
from probity.accounts.grants import grant_end
from probity.accounts.models import Grant, GrantKind, PersonSession
from probity.accounts.roles import Ability
from probity.accounts.sessions import session_end, sessions_end
from probity.core.errors import Conflict, InvalidInput, NotFound
from probity.web.guard import actor_of, needs
from probity.web.language.said import said, said_of
from probity.workflow.break_glass import queue_open_by_exception

from .account_page import account_page


@never_cache
@require_GET
def account(request: HttpRequest) -> HttpResponse:
    """Everything about oneself."""
    return _page(request)


@require_POST
def session_end_own(request: HttpRequest, session_id: UUID) -> HttpResponseBase:
    """Sign out somewhere else."""
    person = actor_of(request).require_self()
    found = PersonSession.objects.filter(pk=session_id, person=person).first()
    if found is None:
        raise NotFound(gettext("You have no such session."))
    session_end(session=found, why="ended by themselves", actor=f"person:{person.pk}")
    messages.success(request, gettext("That session is ended."))
    return redirect("account")


@require_POST
def others_end(request: HttpRequest) -> HttpResponseBase:
    """Sign out everywhere but here."""
    person = actor_of(request).require_self()
    here = UUID(request.session[SESSION_KEY])
    count = sessions_end(
        person=person, why="ended by themselves", actor=f"person:{person.pk}", besides=here
    )
    messages.success(
        request,
        gettext("Signed out in {count} other places.").format(count=count)
        if count
        else gettext("No others."),
    )
    return redirect("account")


@require_POST
@needs(Ability.CASES_READ)
def exception(request: HttpRequest) -> HttpResponseBase:
    """Break the glass."""
    sent, hours = request.POST, request.POST.get("hours", "")
    try:
        grant = queue_open_by_exception(
            actor=actor_of(request),
            queue=sent.get("queue", ""),
            reason=sent.get("reason", ""),
            hours=int(hours) if hours.isdecimal() else 0,
        )
    except (InvalidInput, Conflict) as wrong:
        errors = said_of(getattr(wrong, "fields", {})) or {"queue": said(wrong.sentence)}
        return _page(request, errors=errors, status=wrong.status)
    messages.success(
        request,
        gettext("The queue is open for you until {until:%H:%M} UTC.").format(until=grant.until),
    )
    return redirect("account")


@require_POST
@needs(Ability.CASES_READ)
def exception_end(request: HttpRequest, grant_id: UUID) -> HttpResponseBase:
    """Close it again before its time."""
    person = actor_of(request).require_self()
    own = Grant.objects.filter(pk=grant_id, person=person, kind=GrantKind.EXCEPTION)
    found = own.first()
    if found is None:
        raise NotFound(gettext("You have no such exception."))
    grant_end(grant=found, actor=f"person:{person.pk}")
    messages.success(request, gettext("Closed."))
    return redirect("account")


def _page(
    request: HttpRequest, *, errors: dict[str, str] | None = None, status: int = 200
) -> HttpResponse:
    person = actor_of(request).require_self()
    page = account_page(person, here=str(request.session.get(SESSION_KEY, "")))
    sent = {name: request.POST.get(name, "") for name in ("queue", "reason", "hours")}
    context = {"page": page, "errors": errors or {}, "said": sent}
    return render(request, "web/accounts/account.html", context, status=status)
