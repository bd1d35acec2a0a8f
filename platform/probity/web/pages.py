"""Answers that fit the asker: a whole page, an htmx fragment, a redirect in either form."""

from __future__ import annotations

import json
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django_htmx.http import HttpResponseClientRedirect
from django_htmx.middleware import HtmxDetails


def by_htmx(request: HttpRequest) -> bool:
    """Whether htmx asked, and for a part of the page only."""
    details: HtmxDetails | None = getattr(request, "htmx", None)
    return bool(details) and not getattr(details, "history_restore_request", False)


def go(request: HttpRequest, address: str) -> HttpResponseBase:
    """Send the browser elsewhere."""
    return HttpResponseClientRedirect(address) if by_htmx(request) else redirect(address)


def go_case(request: HttpRequest, address: str, *, anew: bool = False) -> HttpResponseBase:
    """Show a case: with htmx it takes the place of the one that is shown, without a reload.

    ``anew``: the same case again, which adds nothing to where the browser was.
    """
    if not by_htmx(request):
        return redirect(address)
    where = {"path": address, "target": "#main", "swap": "outerHTML"}
    response = HttpResponse()
    response["HX-Location"] = json.dumps(where | ({"push": "false"} if anew else {}))
    return response


def for_main(request: HttpRequest) -> bool:
    """Whether only what stands between the bars of the page is asked for."""
    details: HtmxDetails | None = getattr(request, "htmx", None)
    return by_htmx(request) and details is not None and details.target == "main"


def parts(
    request: HttpRequest, *names: str, status: int = 200, say: str = "", **context: Any
) -> HttpResponse:
    """Several regions of a page at once, each put in place by its id; ``say`` is announced."""
    return render(
        request,
        "web/parts.html",
        {"parts": names, "say": say, "oob": True, **context},
        status=status,
    )
