"""People: everybody, one of them, a new one, a new one-time password."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from probity.accounts.people import password_reset
from probity.accounts.roles import Ability
from probity.accounts.services import person_create
from probity.cases.models import Queue
from probity.core.errors import Conflict, InvalidInput
from probity.web.accounts.confirming import confirmed
from probity.web.guard import actor_of, needs
from probity.web.language.said import said, said_of

from .people_page import local_only, people_lines, person_find, person_page, role_choices


@never_cache
@require_http_methods(["GET", "POST"])
@needs(Ability.PEOPLE_MANAGE)
@confirmed
def people(request: HttpRequest) -> HttpResponseBase:
    """The list, and a form for somebody new; their one-time password is shown this once."""
    if request.method == "GET":
        return _list(request)
    try:
        person, password_once = person_create(
            username=request.POST.get("username", "").strip(),
            roles=request.POST.getlist("roles"),
            actor=actor_of(request).name,
            queues=request.POST.getlist("queues"),
        )
    except (InvalidInput, Conflict) as wrong:
        errors = said_of(getattr(wrong, "fields", {})) or {"username": said(wrong.sentence)}
        return _list(request, errors=errors, status=wrong.status)
    messages.success(
        request, gettext("{username} has an account.").format(username=person.username)
    )
    return _list(request, made=person.username, secret=password_once)


@never_cache
@require_GET
@needs(Ability.PEOPLE_MANAGE)
@confirmed
def person(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """One person."""
    return render(request, "web/administration/person.html", {"page": _person(person_id)})


@never_cache
@require_POST
@needs(Ability.PEOPLE_MANAGE)
@confirmed
def password(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """A new one-time password, shown this once."""
    secret = password_reset(person=person_find(person_id), actor=actor_of(request))
    context = {"page": _person(person_id), "secret": secret}
    return render(request, "web/administration/person.html", context)


def _person(person_id: UUID) -> object:
    return person_page(person_find(person_id))


def _list(
    request: HttpRequest,
    *,
    made: str = "",
    secret: str = "",
    errors: dict[str, str] | None = None,
    status: int = 200,
) -> HttpResponse:
    page = {
        "lines": people_lines(),
        "roles": role_choices(request.POST.getlist("roles") if errors else []),
        "queues": Queue.objects.values_list("key", "title"),
        "username": request.POST.get("username", "") if errors else "",
        "made": made,
        "secret": secret,
        "errors": errors or {},
        "local_only": local_only(),
    }
    return render(request, "web/administration/people.html", page, status=status)
