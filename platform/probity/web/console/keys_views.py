"""One's own keys: the page where they are changed, and the sheet that shows them anywhere."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from probity.accounts.screens import keys_set, keys_switch, screen_of
from probity.accounts.shortcuts import SHORTCUTS, Place, keys_of
from probity.core.errors import InvalidInput
from probity.web.accounts.onward import onward
from probity.web.guard import actor_of
from probity.web.language.later import later
from probity.web.language.said import said_of
from probity.web.pages import go

PLACE_WORDS: Mapping[Place, Promise] = {
    Place.EVERYWHERE: _(later("Everywhere")),
    Place.LISTS: _(later("In lists: cases, search, about to breach, second person, many cases")),
    Place.CASE: _(later("On a case")),
}


@dataclass(frozen=True)
class Line:
    """One action with its key."""

    name: str
    words: str
    key: str
    shipped: str
    error: str


@require_http_methods(["GET", "HEAD", "POST"])
def keys(request: HttpRequest) -> HttpResponseBase:
    """Change one's keys; what was typed stays where two actions would share a key."""
    actor = actor_of(request)
    screen = screen_of(actor.require_self())
    if request.method != "POST":
        return _page(request, keys_of(screen.keys), on=screen.keys_on)
    now = keys_of(screen.keys)
    asked = {
        one.name: request.POST.get(f"key-{one.name}", now.get(one.name, "")) for one in SHORTCUTS
    }
    if "reset" in request.POST:
        asked = {one.name: one.key for one in SHORTCUTS}
    try:
        keys_set(actor=actor, keys=asked)
    except InvalidInput as wrong:
        return _page(request, asked, on=screen.keys_on, errors=said_of(wrong.fields))
    messages.success(request, gettext("Your keys are kept."))
    return go(request, reverse("account-keys"))


@require_POST
def switch(request: HttpRequest) -> HttpResponseBase:
    """Switch single keys on or off."""
    on = request.POST.get("on") == "yes"
    keys_switch(actor=actor_of(request), on=on)
    said = gettext("Single keys are on.") if on else gettext("Single keys are off.")
    messages.success(request, said)
    return go(request, onward(request))


@require_GET
def sheet(request: HttpRequest) -> HttpResponse:
    """The keys as they are, to be read; shown over the page that asked."""
    screen = screen_of(actor_of(request).require_self())
    context = {"groups": _groups(keys_of(screen.keys), {}), "on": screen.keys_on,
               "next": request.GET.get("next", "")}  # fmt: skip
    return render(request, "web/console/keys_sheet.html", context)


def _page(
    request: HttpRequest,
    given: Mapping[str, str],
    *,
    on: bool,
    errors: Mapping[str, str] | None = None,
) -> HttpResponse:
    context = {"groups": _groups(given, errors or {}), "on": on, "wrong": len(errors or {})}
    return render(request, "web/console/keys.html", context, status=422 if errors else 200)


def _groups(keys: Mapping[str, str], errors: Mapping[str, str]) -> list[tuple[str, list[Line]]]:
    return [
        (
            str(words),
            [
                Line(one.name, str(one.words), keys.get(one.name, ""), one.key,
                     errors.get(one.name, ""))
                for one in SHORTCUTS
                if one.place == place
            ],
        )
        for place, words in PLACE_WORDS.items()
    ]  # fmt: skip
