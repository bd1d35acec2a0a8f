"""The pages that say what went wrong and what to do."""

from __future__ import annotations

from collections.abc import Sequence

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import gettext

from probity.web.language.later import later

from .pages import by_htmx

TITLES = {
    400: later("The request could not be read"),
    401: later("Sign in first"),
    403: later("Not allowed"),
    404: later("Nothing here"),
    405: later("Not possible here"),
    409: later("Somebody was faster"),
    413: later("Too large"),
    422: later("Something needs correcting"),
    423: later("Sealed"),
    429: later("A moment, please"),
    503: later("Not available"),
}


def problem(
    request: HttpRequest,
    *,
    status: int,
    sentence: str,
    sign_in: str = "",
    written: Sequence[str] = (),
) -> HttpResponse:
    """One problem, as a page or as the notice of the page that htmx asked from.

    ``sign_in`` is where to sign in, if that helps; ``written`` what the refused form held.
    """
    context = {
        "title": TITLES.get(status, gettext("This did not work")),
        "sentence": sentence,
        "status": status,
        "sign_in": sign_in,
        "written": written,
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
        sentence=gettext(
            "The request could not be read: it was cut off, or it holds too many files, a file "
            "with too long a name, or more text than any field takes. Go back and send less."
        ),
    )


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403."""
    del exception
    return problem(
        request,
        status=403,
        sentence=gettext("You may not see this page. Ask an administrator for access."),
    )


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404."""
    del exception
    return problem(
        request,
        status=404,
        sentence=gettext(
            "There is nothing at this address. Check that the whole address was copied."
        ),
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
