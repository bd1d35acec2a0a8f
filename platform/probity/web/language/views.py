"""The switch at the foot of every page."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import translation
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from probity.accounts.preferences import language_choose
from probity.core.errors import InvalidInput
from probity.web.accounts.onward import onward
from probity.web.guard import person_of
from probity.web.pages import go

from .middleware import spoken

YEAR = 365 * 24 * 3600


@require_POST
def choose(request: HttpRequest) -> HttpResponseBase:
    """Remember a language: with the person, and in this browser for whoever uses it next."""
    language = spoken(request.POST.get("language", ""))
    if not language:
        raise InvalidInput(gettext("Choose one of the languages at the foot of the page."))
    person = person_of(request)
    if person:
        language_choose(person=person, language=language)
    translation.activate(language)
    response = go(request, onward(request))
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        language,
        max_age=YEAR,
        secure=settings.LANGUAGE_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
    return response
