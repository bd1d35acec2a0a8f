"""Exceptions to access ("break-glass"), for those who oversee them."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from probity.accounts.grants import exception_notice
from probity.accounts.models import Grant
from probity.accounts.roles import Ability
from probity.cases.models import Queue
from probity.core.errors import NotFound
from probity.web.guard import actor_of, needs

from .people_page import exceptions

SHOWN = 50


@never_cache
@require_GET
@needs(Ability.ACCESS_OVERSEE)
def access(request: HttpRequest) -> HttpResponse:
    """What was opened: first what nobody has taken notice of."""
    page = {
        "titles": dict(Queue.objects.values_list("key", "title")),
        "new": exceptions(noticed=False),
        "noticed": exceptions(noticed=True)[:SHOWN],
    }
    return render(request, "web/administration/access.html", page)


@require_POST
@needs(Ability.ACCESS_OVERSEE)
def notice(request: HttpRequest, grant_id: UUID) -> HttpResponseBase:
    """Take notice of one."""
    found = Grant.objects.filter(pk=grant_id).first()
    if found is None:
        raise NotFound(gettext("There is no such exception."))
    exception_notice(grant=found, actor=actor_of(request))
    messages.success(request, gettext("Noted."))
    return redirect("access")
