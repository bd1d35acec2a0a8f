"""The pages that say what went wrong and what to do."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string

from .pages import by_htmx

TITLES = {
    400: "The request could not be read",
    401: "Sign in first",
    403: "Not allowed",
    404: "Nothing here",
    405: "Not possible here",
    409: "Somebody was faster",
    413: "Too large",
    422: "Something needs correcting",
    423: "Sealed",
    429: "A moment, please",
    503: "Not available",
}


def problem(request: HttpRequest, *, status: int, sentence: str) -> HttpResponse:
    """One problem, as a page or as the notice of the page that htmx asked from."""
    context = {
        "title": TITLES.get(status, "This did not work"),
        "sentence": sentence,
        "status": status,
    }
    if not by_htmx(request):
        return render(request, "web/problem.html", context, status=status)
    response = render(request, "web/notice.html", {**context, "oob": True}, status=status)
    response["HX-Reswap"] = "none"
    return response


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400: Django's own refusal of a malformed or oversized request."""
    del exception
    return problem(
        request,
        status=400,
        sentence="The request could not be read. Go back, reload the page and try again.",
    )


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403."""
    del exception
    return problem(
        request, status=403, sentence="You may not see this page. Ask an administrator for access."
    )


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404."""
    del exception
    return problem(
        request,
        status=404,
        sentence="There is nothing at this address. Check that the whole address was copied.",
    )


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403: the form came without its token, as happens when a page stays open for long."""
    del reason
    return problem(
        request,
        status=403,
        sentence="The form was open for too long, or cookies are switched off. Reload the page "
        "and send it again; nothing was changed.",
    )


def crashed(request: HttpRequest) -> HttpResponse:
    """500: rendered without the request, so that a missing database cannot break it again."""
    del request
    page = render_to_string(
        "web/problem.html",
        {
            "title": "This should not have happened",
            "sentence": "Something broke on our side, and it was written down. Nothing you sent "
            "was half kept. Try again in a minute.",
            "status": 500,
        },
    )
    return HttpResponse(page, status=500)
