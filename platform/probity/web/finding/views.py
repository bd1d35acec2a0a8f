"""Searching, keeping a search, taking what was found along as a table."""

from __future__ import annotations

from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_POST

from probity.accounts.roles import Ability
from probity.core.clock import now
from probity.core.errors import Refusal
from probity.search.selectors import cases_found, view_find
from probity.search.services import export_record, view_remove, view_save
from probity.web.guard import actor_of, needs
from probity.web.language.said import said
from probity.web.pages import by_htmx, go
from probity.web.tables import csv_response

from .page import search_page, view_tabs
from .table import HEADER, table_rows

START_MAX = 10_000


@require_GET
@needs(Ability.CASES_READ)
def search(request: HttpRequest) -> HttpResponse:
    """The search page; only its results when htmx asks for them."""
    actor = actor_of(request)
    person = actor.require_person(Ability.CASES_READ)
    page = search_page(query=request.GET.get("q", ""), start=_start(request), person=person)
    context = {
        "page": page,
        "views": view_tabs(person),
        "here": request.GET.get("view", ""),
        "may_share": Ability.QUEUES_MANAGE in actor.abilities,
        "may_table": Ability.CASES_EXPORT in actor.abilities,
        "may_bulk": Ability.BULK_RUN in actor.abilities,
    }
    name = "web/finding/results.html" if by_htmx(request) else "web/finding/search.html"
    return render(request, name, context)


@require_POST
@needs(Ability.CASES_READ)
def save(request: HttpRequest) -> HttpResponseBase:
    """Keep the search under a name."""
    query = request.POST.get("q", "")
    try:
        view = view_save(
            name=request.POST.get("name", ""),
            query=query,
            shared=request.POST.get("shared") == "on",
            pinned=request.POST.get("pinned") == "on",
            actor=actor_of(request),
        )
        messages.success(request, gettext("“{name}” is kept.").format(name=view.name))
    except Refusal as refusal:
        messages.error(request, said(refusal.sentence))
    return go(request, f"{reverse('search')}?{urlencode({'q': query})}")


@require_POST
@needs(Ability.CASES_READ)
def remove(request: HttpRequest, view_id: UUID) -> HttpResponseBase:
    """Remove a saved search."""
    actor = actor_of(request)
    view = view_find(view_id=view_id, person=actor.require_person(Ability.CASES_READ))
    view_remove(view=view, actor=actor)
    messages.success(request, gettext("“{name}” is removed.").format(name=view.name))
    return go(request, reverse("search"))


@require_POST
@needs(Ability.CASES_EXPORT)
def table(request: HttpRequest) -> HttpResponseBase:
    """What was found, as a file; that it left is on the record before its first line is sent."""
    actor = actor_of(request)
    query = request.POST.get("q", "")
    export_record(query=query, actor=actor)
    found = cases_found(query=query, person=actor.person)
    name = f"probity-cases-{now():%Y%m%d-%H%M}.csv"
    return csv_response(name=name, header=HEADER, rows=table_rows(found))


def _start(request: HttpRequest) -> int:
    asked = request.GET.get("start", "0")
    return min(int(asked), START_MAX) if asked.isdecimal() else 0
