"""The list of detectors, and the card of one."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from probity.accounts.roles import Ability
from probity.web.guard import needs

from .page import card_page, shelf_page


@require_GET
@needs(Ability.CASES_READ)
def shelf(request: HttpRequest) -> HttpResponse:
    """Every installed detector."""
    return render(request, "web/cards/shelf.html", {"page": shelf_page()})


@require_GET
@needs(Ability.CASES_READ)
def card(request: HttpRequest, detector: str) -> HttpResponse:
    """What one detector measures, and how well."""
    return render(request, "web/cards/card.html", {"page": card_page(detector)})
