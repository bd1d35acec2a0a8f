"""Choosing how pages look: for everybody, remembered with the person or in the browser."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from probity.accounts.models import Density, Motion, Theme
from probity.accounts.screens import look_set, look_wrong
from probity.core.errors import InvalidInput
from probity.web.accounts.onward import onward
from probity.web.guard import actor_of, person_of
from probity.web.pages import go

from .look import COOKIE, YEAR, Look, look_of


@require_http_methods(["GET", "HEAD", "POST"])
def look(request: HttpRequest) -> HttpResponseBase:
    """The page of all choices, or one choice from the foot of a page."""
    if request.method != "POST":
        return render(request, "web/console/look.html", {"choices": _choices(look_of(request))})
    now = look_of(request)
    said = {name: request.POST.get(name, getattr(now, name)) for name in _NAMES}
    wrong = look_wrong(**said)
    if wrong:
        raise InvalidInput.of(wrong)
    if person_of(request):
        look_set(actor=actor_of(request), **said)
    if "all" in request.POST:
        messages.success(request, gettext("Your screens look like this from now on."))
    response = go(request, onward(request))
    response.set_cookie(
        COOKIE, Look(**said).cookie, max_age=YEAR, secure=settings.SESSION_COOKIE_SECURE,
        httponly=True, samesite="Lax",
    )  # fmt: skip
    return response


_NAMES = ("theme", "density", "motion")


def _choices(now: Look) -> list[tuple[str, str, list[tuple[str, str, bool]]]]:
    """Each part of a look: its name, its words, and each choice with whether it is made."""
    parts: dict[str, tuple[str, dict[str, str]]] = {
        "theme": (
            gettext("Light or dark"),
            {
                Theme.SYSTEM: gettext("As the device is set"),
                Theme.LIGHT: gettext("Light"),
                Theme.DARK: gettext("Dark"),
            },
        ),
        "density": (
            gettext("Lines"),
            {
                Density.USUAL: gettext("Usual"),
                Density.COMPACT: gettext("Compact: more on one screen"),
            },
        ),
        "motion": (
            gettext("Motion"),
            {
                Motion.SYSTEM: gettext("As the device is set"),
                Motion.REDUCED: gettext("Nothing moves by itself"),
            },
        ),
    }
    return [
        (name, words, [(str(key), text, getattr(now, name) == key) for key, text in rows.items()])
        for name, (words, rows) in parts.items()
    ]
