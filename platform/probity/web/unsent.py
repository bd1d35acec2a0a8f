"""What somebody wrote outlives a form that the door refuses: nobody writes it twice."""

from __future__ import annotations

import json
from urllib.parse import urlencode, urlsplit

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.middleware.csrf import get_token
from django.urls import reverse
from django.utils.translation import gettext

from .pages import by_htmx, for_main, go
from .problems import problem

#: The fields of our forms that hold sentences; names, codes and passwords are never shown again.
SENTENCES = frozenset(
    {
        "answer", "because", "body", "explanation", "facts", "note", "purpose", "reason",
        "resources", "summary", "text", "why", "words",
    }
)  # fmt: skip
FRESH_TOKEN = "probity:token"  # noqa: S105


def written(request: HttpRequest) -> list[str]:
    """The sentences of the form that was sent, to be shown to whoever sent it."""
    if request.method != "POST":
        return []
    found = (request.POST.get(name, "").strip() for name in request.POST if name in SENTENCES)
    return [text for text in found if text]


def sign_in_first(request: HttpRequest, *, sentence: str) -> HttpResponseBase:
    """Where nobody is signed in: the sign-in page, or what was written, kept where it is.

    A page that asks by itself and a form sent by the page get a notice and stay as they are; a form
    sent without scripts gets its sentences back.
    """
    if by_htmx(request) and not (request.method == "GET" and for_main(request)):
        return problem(request, status=401, sentence=sentence, sign_in=_sign_in(request))
    texts = written(request)
    if texts and not by_htmx(request):
        return problem(
            request, status=401, sentence=sentence, sign_in=_sign_in(request), written=texts
        )
    return go(request, _sign_in(request))


def token_refused(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403: the form came without its token, as happens when a page stays open for long.

    The page that sent it by itself gets a fresh token, so that sending again is enough.
    """
    del reason
    if not by_htmx(request):
        sentence = gettext(
            "The form was open for too long, or cookies are switched off. Nothing was changed. "
            "Go back, reload the page and send it again."
        )
        return problem(request, status=403, sentence=sentence, written=written(request))
    sentence = gettext(
        "The form was open for too long. Nothing was changed, and what you wrote is still here: "
        "send it again. If that does not help, allow cookies for this address."
    )
    answer = problem(request, status=403, sentence=sentence)
    answer["HX-Trigger"] = json.dumps({FRESH_TOKEN: {"value": get_token(request)}})
    return answer


def _sign_in(request: HttpRequest) -> str:
    """The sign-in page, which leads back to where the person was."""
    address, back = reverse("sign-in"), _back(request)
    return f"{address}?{urlencode({'next': back})}" if back else address


def _back(request: HttpRequest) -> str:
    """The page somebody looked at: the address itself, or the page that holds the form."""
    if request.method == "GET" and (not by_htmx(request) or for_main(request)):
        path = request.get_full_path()
    else:
        page = urlsplit(request.headers.get("Referer", ""))
        path = f"{page.path}?{page.query}" if page.query else page.path
        if page.netloc != request.get_host():
            path = ""
    return "" if path in {reverse("home"), reverse("sign-in")} else path
