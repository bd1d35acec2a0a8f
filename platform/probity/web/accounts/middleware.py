"""Sessions end in time, and staff have a second factor before anything else opens."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext

from probity.accounts.adapters import PASSWORD, SESSION_KEY, person_session_begin
from probity.accounts.models import Person, PersonSession
from probity.accounts.second_factor import factor_missing
from probity.accounts.sessions import session_end, session_over, session_seen
from probity.web.guard import person_of
from probity.web.pages import by_htmx, go
from probity.web.unsent import sign_in_first

Next = Callable[[HttpRequest], HttpResponseBase]
#: What opens before a second factor is there: adding one, one's password, the way out.
BEFORE_FACTOR = frozenset(
    {
        "password", "sign-out", "healthz", "favicon", "confirm", "account-app", "account-key",
        "account-factors", "account-codes",
    }
)  # fmt: skip
HAS_FACTOR = "has_factor"


class SessionMiddleware:
    """Every request of a signed-in person belongs to a session that still runs."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        person = None if request.path.startswith("/api/") else person_of(request)
        if person is None:
            return self.get_response(request)
        session = session_of(request, person)
        why = session_over(session)
        if why:
            return _ended(request, session, why)
        # what the page asks by itself does not count as somebody being there
        if not (by_htmx(request) and request.method == "GET"):
            session_seen(session)
        return self.get_response(request)


def session_of(request: HttpRequest, person: Person) -> PersonSession:
    """The record of this session, made now where somebody was signed in without one."""
    known = request.session.get(SESSION_KEY)
    found = PersonSession.objects.filter(pk=known, person=person).first() if known else None
    if found is None:
        person_session_begin(request, person)
        found = PersonSession.objects.get(pk=request.session[SESSION_KEY])
    request.probity_session = found  # type: ignore[attr-defined]
    return found


def _ended(request: HttpRequest, session: PersonSession, why: str) -> HttpResponseBase:
    session_end(session=session, why=why, actor="system")
    logout(request)
    sentence = gettext("You were signed out: {why}. Sign in to go on.").format(why=why)
    answer = sign_in_first(request, sentence=sentence)
    if answer.status_code != HTTPStatus.UNAUTHORIZED:
        messages.info(request, sentence)
    return answer


class SecondFactorMiddleware:
    """Where a second factor is needed, staff without one see the page that adds it."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Any, args: Any, kwargs: Any
    ) -> HttpResponseBase | None:
        """Send such a person to that page."""
        del view, args, kwargs
        match = request.resolver_match
        if not settings.REQUIRE_MFA or match is None or match.route.startswith("api/"):
            return None
        person = person_of(request)
        if person is None or match.url_name in BEFORE_FACTOR or not walled(request, person):
            return None
        return go(request, reverse("account-factors"))


def walled(request: HttpRequest, person: Person) -> bool:
    """Whether this person must add a second factor first; asked of the database until they have."""
    if not settings.REQUIRE_MFA or request.session.get(HAS_FACTOR):
        return False
    session: PersonSession | None = getattr(request, "probity_session", None)
    by_service = session is not None and session.way not in {PASSWORD, "direct"}
    if by_service and settings.SIGN_ON_SECOND_FACTOR:
        return False
    if factor_missing(person):
        return True
    request.session[HAS_FACTOR] = True
    return False
