"""Adding and removing second factors, and new recovery codes."""

from __future__ import annotations

import base64
import json
from typing import Any

from allauth.mfa.adapter import get_adapter
from allauth.mfa.totp.internal.auth import (
    SECRET_SESSION_KEY,
    generate_totp_secret,
)
from allauth.mfa.webauthn.internal import auth as webauthn
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from probity.accounts.adapters import SESSION_KEY
from probity.accounts.models import Person
from probity.accounts.second_factor import (
    app_add,
    codes_renew,
    factor_remove,
    factors_of,
    key_add,
)
from probity.accounts.sessions import sessions_end
from probity.core.errors import InvalidInput
from probity.web.guard import actor_of
from probity.web.language.later import later
from probity.web.language.said import said_of

from .account_page import account_page
from .confirming import confirmed
from .middleware import HAS_FACTOR

KEY_WRONG = later("The key's answer could not be checked. Try again, or use another key.")


@never_cache
@require_GET
def factors(request: HttpRequest) -> HttpResponse:
    """What one has, and how to add more."""
    return render(request, "web/accounts/factors.html", {"page": account_page(_self(request))})


@never_cache
@require_http_methods(["GET", "POST"])
@confirmed
def app(request: HttpRequest) -> HttpResponseBase:
    """Bind an authenticator app: show the square, take the first code."""
    person = _self(request)
    if request.method == "GET":
        request.session[SECRET_SESSION_KEY] = generate_totp_secret()
        return _app(request, person)
    secret = request.session.get(SECRET_SESSION_KEY, "")
    try:
        codes_shown = app_add(person=person, secret=secret, code=request.POST.get("code", ""))
    except InvalidInput as wrong:
        return _app(request, person, errors=said_of(wrong.fields), status=wrong.status)
    request.session.pop(SECRET_SESSION_KEY, None)
    return _added(request, person, codes_shown, gettext("The authenticator app is bound."))


@never_cache
@require_http_methods(["GET", "POST"])
@confirmed
def key(request: HttpRequest) -> HttpResponseBase:
    """Bind a security key."""
    person = _self(request)
    if request.method == "GET":
        return _key(request, person)
    try:
        credential = json.loads(request.POST.get("credential", ""))
        webauthn.parse_registration_response(credential)
        webauthn.complete_registration(credential)
    except (ValueError, TypeError, KeyError, ValidationError):
        return _key(request, person, errors={"credential": KEY_WRONG}, status=422)
    name = request.POST.get("name", "")
    codes_shown = key_add(person=person, name=name, credential=credential)
    return _added(request, person, codes_shown, gettext("The key is bound."))


@never_cache
@require_POST
@confirmed
def codes(request: HttpRequest) -> HttpResponseBase:
    """New recovery codes, shown this once."""
    return _shown(request, codes_renew(person=_self(request)))


@require_POST
@confirmed
def remove(request: HttpRequest, factor_id: int) -> HttpResponseBase:
    """Take one away."""
    factor_remove(person=_self(request), factor_id=factor_id)
    request.session.pop(HAS_FACTOR, None)
    messages.success(request, gettext("It is removed."))
    return redirect("account-factors")


def _self(request: HttpRequest) -> Person:
    return actor_of(request).require_self()


def _app(
    request: HttpRequest, person: Person, *, errors: dict[str, str] | None = None, status: int = 200
) -> HttpResponse:
    adapter, secret = get_adapter(), request.session.get(SECRET_SESSION_KEY, "")
    svg = adapter.build_totp_svg(adapter.build_totp_url(person, secret))
    page = {
        "secret": " ".join(secret[at : at + 4] for at in range(0, len(secret), 4)),
        "square": base64.b64encode(svg.encode()).decode(),
        "errors": errors or {},
        "bound": factors_of(person).app is not None,
    }
    return render(request, "web/accounts/factor_app.html", page, status=status)


def _key(
    request: HttpRequest, person: Person, *, errors: dict[str, str] | None = None, status: int = 200
) -> HttpResponse:
    page: dict[str, Any] = {"errors": errors or {}, "by_number": _by_number(request)}
    if not page["by_number"]:
        page["options"] = json.dumps(webauthn.begin_registration(person, False))
    return render(request, "web/accounts/factor_key.html", page, status=status)


def _by_number(request: HttpRequest) -> bool:
    """Security keys are bound to a name; a page opened by an address in numbers has none."""
    host = request.get_host()
    return host.startswith("[") or host.partition(":")[0].replace(".", "").isdecimal()


def _added(
    request: HttpRequest, person: Person, codes_shown: list[str], words: str
) -> HttpResponseBase:
    """Other places must come in with the new factor; the codes are shown, if there are new ones."""
    sessions_end(
        person=person, why="second factor added", actor=f"person:{person.pk}",
        besides=request.session.get(SESSION_KEY),
    )  # fmt: skip
    messages.success(request, words)
    return _shown(request, codes_shown) if codes_shown else redirect("account-factors")


def _shown(request: HttpRequest, shown: list[str]) -> HttpResponse:
    return render(request, "web/accounts/codes.html", {"codes": shown})
