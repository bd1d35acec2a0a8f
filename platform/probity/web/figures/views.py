"""Figures as a page, and each table as a file."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_GET

from probity.accounts.roles import Ability
from probity.insight.figures import span_read
from probity.insight.selectors import figure
from probity.web.guard import actor_of, needs
from probity.web.tables import csv_response

from .page import figures_page


@require_GET
@needs(Ability.FIGURES_READ)
def figures(request: HttpRequest) -> HttpResponse:
    """All figures of some days."""
    person = actor_of(request).require_person(Ability.FIGURES_READ)
    span = span_read(request.GET.get("from", ""), request.GET.get("to", ""))
    page = figures_page(person=person, span=span)
    return render(request, "web/figures/figures.html", {"page": page})


@require_GET
@needs(Ability.FIGURES_READ)
def table(request: HttpRequest, key: str) -> HttpResponseBase:
    """One figure's table."""
    person = actor_of(request).require_person(Ability.FIGURES_READ)
    span = span_read(request.GET.get("from", ""), request.GET.get("to", ""))
    found = figure(key=key, person=person, span=span)
    name = f"probity-{key}-{span.first:%Y%m%d}-{span.last:%Y%m%d}.csv"
    return csv_response(name=name, header=found.columns, rows=found.rows)
