"""Confirming that it is still the same person, before anything that opens doors."""

from __future__ import annotations

import time
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from allauth.mfa.base.internal.flows import check_rate_limit
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from probity.accounts.adapters import CONFIRMED_KEY
from probity.accounts.models import Person
from probity.accounts.second_factor import has_factor
from probity.accounts.sign_in import sign_in_failed
from probity.core.throttle import throttle
from probity.web.guard import View, actor_of
from probity.web.language.later import later
from probity.web.pages import go

from .onward import onward

WRONG = later("This is not right. Check it and try again.")


def confirmed(view: View) -> View:
    """Ask for the password or a code again when the last time was too long ago."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        actor_of(request)
        if _fresh(request):
            return view(request, *args, **kwargs)
        back = request.get_full_path() if request.method == "GET" else _from(request)
        return go(request, f"{reverse('confirm')}?{urlencode({'next': back})}")

    return guarded


@never_cache
@require_http_methods(["GET", "POST"])
def confirm(request: HttpRequest) -> HttpResponseBase:
    """Type the password, or a code of the second factor, once more."""
    person = actor_of(request).person
    assert person is not None  # noqa: S101 - actor_of answers with a person or raises
    page = {"next": onward(request), "by_code": has_factor(person), "error": ""}
    if request.method == "GET":
        return render(request, "web/accounts/confirm.html", page)
    throttle(scope="confirm", who=str(person.pk), rate=settings.SIGN_IN_RATE)
    if not _right(person, request.POST.get("password", ""), request.POST.get("code", "")):
        sign_in_failed(person=person, step="confirmation")
        return render(request, "web/accounts/confirm.html", {**page, "error": WRONG}, status=401)
    request.session[CONFIRMED_KEY] = time.time()
    return redirect(onward(request))


def _fresh(request: HttpRequest) -> bool:
    at = request.session.get(CONFIRMED_KEY, 0)
    return bool(time.time() - float(at) < settings.CONFIRM_MINUTES * 60)


def _from(request: HttpRequest) -> str:
    """The page that a form was on, by its own word; checked again before anybody is sent there."""
    return str(request.POST.get("here", "") or reverse("account"))


def _right(person: Person, password: str, code: str) -> bool:
    if password:
        return person.check_password(password)
    return bool(code) and code_right(person, code)


def code_right(person: Person, code: str) -> bool:
    """Whether a code of the app, or an unused recovery code, fits; each counts once."""
    try:
        clear = check_rate_limit(person)
    except ValidationError:
        return False
    manual = Authenticator.objects.filter(user=person).exclude(type=Authenticator.Type.WEBAUTHN)
    if any(row.wrap().validate_code(code) for row in manual):
        clear()
        return True
    return False
