"""What waits, who works, how fast: for operators, and for a Prometheus server."""

from __future__ import annotations

import hmac

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from probity.accounts.roles import Ability
from probity.analysis.metrics import CONTENT_TYPE, exposition
from probity.web.guard import actor_of, needs

from .work_page import work_page


@never_cache
@require_GET
@needs(Ability.WORK_READ)
def work(request: HttpRequest) -> HttpResponseBase:
    """Queues, workers and networks; the page fetches its figures anew every few seconds."""
    return render(request, "web/administration/work.html", {"page": work_page()})


@never_cache
@require_GET
@needs(Ability.WORK_READ)
def work_now_part(request: HttpRequest) -> HttpResponseBase:
    """The figures alone."""
    return render(request, "web/administration/work_now.html", {"page": work_page()})


@never_cache
@require_GET
def metrics(request: HttpRequest) -> HttpResponseBase:
    """For a server with the metrics token, or a person who may see the work page."""
    if not _server(request):
        actor_of(request).require(Ability.WORK_READ)
    return HttpResponse(exposition(), content_type=CONTENT_TYPE)


def _server(request: HttpRequest) -> bool:
    given = request.headers.get("Authorization", "").encode()
    wanted = f"Bearer {settings.METRICS_TOKEN}".encode()
    return bool(settings.METRICS_TOKEN) and hmac.compare_digest(given, wanted)
