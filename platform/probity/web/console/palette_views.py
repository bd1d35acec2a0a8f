"""The palette: a page by itself, and the list of what fits while one types."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from probity.web.context import doors_of
from probity.web.guard import actor_of
from probity.web.pages import by_htmx

from .palette import hits


@require_GET
def palette(request: HttpRequest) -> HttpResponse:
    """Where one can go; only the list when htmx asks for it."""
    person = actor_of(request).require_self()
    asked = request.GET.get("q", "")
    doors = [(door.words, door.address) for door in doors_of(request)]
    found = hits(asked=asked, person=person, doors=doors)
    name = "web/console/palette_list.html" if by_htmx(request) else "web/console/palette.html"
    return render(request, name, {"hits": found, "asked": asked})
