"""The language of a page: the person's own, else the visitor's choice, else the browser's."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.translation.trans_real import (
    get_supported_language_variant,
    parse_accept_lang_header,
)

from probity.web.guard import person_of

Next = Callable[[HttpRequest], HttpResponseBase]
#: Machines read these; what they say stays the same for everybody.
MACHINES = ("/api/", "/media/", "/static/", "/metrics", "/healthz")


class LanguageMiddleware:
    """Speaks one language for the length of a request to a page."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.path_info.startswith(MACHINES):
            return self.get_response(request)
        language = language_of(request)
        with translation.override(language):
            response = self.get_response(request)
        response.headers.setdefault("Content-Language", language)
        patch_vary_headers(response, ("Accept-Language", "Cookie"))
        return response


def language_of(request: HttpRequest) -> str:
    """The person's setting; else the cookie; else the browser's order; else the default."""
    person = person_of(request) if settings.SESSION_COOKIE_NAME in request.COOKIES else None
    wishes = [
        person.language if person else "",
        request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, ""),
    ]
    asked = parse_accept_lang_header(request.headers.get("Accept-Language", "").lower())
    for wish in [*wishes, *(name for name, _ in asked)]:
        known = spoken(wish)
        if known:
            return known
    return settings.LANGUAGE_CODE


def spoken(wish: str) -> str:
    """The language of ours that answers a wish (``de-AT`` is answered by ``de``), or nothing."""
    try:
        return get_supported_language_variant(wish)
    except LookupError:
        return ""
