"""Refusals become pages; a one-time password opens only the page that replaces it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse

from probity.core.errors import Refusal, SignInNeeded, TooManyRequests
from probity.web.language.said import said

from .guard import person_of
from .pages import go
from .problems import problem
from .unsent import sign_in_first

Next = Callable[[HttpRequest], HttpResponseBase]
OPEN_TO_ALL = frozenset({"password", "sign-out", "healthz", "favicon"})


class RefusalMiddleware:
    """Shows a refusal's sentence with its status, and keeps signed-in pages out of caches."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        # "no-referrer" would make browsers send forms with "Origin: null", which the protection
        # against forged forms refuses; "same-origin" tells other sites just as little.
        response.headers.setdefault("Referrer-Policy", "same-origin")
        if settings.SESSION_COOKIE_NAME in request.COOKIES:
            response.headers.setdefault("Cache-Control", "no-store")
        return response

    def process_exception(
        self, request: HttpRequest, exception: Exception
    ) -> HttpResponseBase | None:
        """The answer to a refusal raised in a view; everything else is a crash."""
        if not isinstance(exception, Refusal):
            return None
        if isinstance(exception, SignInNeeded):
            return sign_in_first(request, sentence=said(exception.sentence))
        response = problem(request, status=exception.status, sentence=said(exception.sentence))
        if isinstance(exception, TooManyRequests):
            response["Retry-After"] = str(exception.wait_seconds)
        return response


class PasswordChangeMiddleware:
    """A person with a one-time password sees the password page and the way out, nothing else."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Any, args: Any, kwargs: Any
    ) -> HttpResponseBase | None:
        """Send such a person to the password page."""
        del view, args, kwargs
        match = request.resolver_match
        if match is None or match.url_name in OPEN_TO_ALL or match.route.startswith("api/"):
            return None
        person = person_of(request)
        if person is None or not person.password_change_required:
            return None
        return go(request, reverse("password"))
