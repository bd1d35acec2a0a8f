"""Sign in, sign out, set one's password."""

from __future__ import annotations

from allauth.account.internal.flows.login import perform_password_login
from allauth.account.models import Login
from allauth.socialaccount.adapter import get_adapter
from django.conf import settings
from django.contrib.auth import authenticate, logout, update_session_auth_hash
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from probity.accounts.adapters import SESSION_KEY
from probity.accounts.models import Person, PersonSession
from probity.accounts.selectors import person_find
from probity.accounts.services import password_set
from probity.accounts.sessions import session_end
from probity.accounts.sign_in import sign_in_failed
from probity.core.errors import InvalidInput
from probity.core.throttle import source_of, throttle
from probity.web.guard import actor_of, person_of
from probity.web.language.later import later
from probity.web.language.said import said_of

from .onward import onward

WRONG = later(
    "The name and the password do not fit together. Check both; large and small letters count."
)


@never_cache
@require_http_methods(["GET", "POST"])
def sign_in(request: HttpRequest) -> HttpResponseBase:
    """The door for people who work here."""
    if person_of(request):
        return redirect(onward(request))
    name = request.POST.get("username", "").strip()
    page = {
        "username": name,
        "next": request.POST.get("next") or request.GET.get("next", ""),
        "services": _services(request, onward(request)),
        "local_only": settings.LOCAL_ONLY and not settings.REQUIRE_MFA,
    }
    if request.method == "GET":
        return render(request, "web/accounts/sign_in.html", page)
    throttle(scope="sign-in", who=source_of(request), rate=settings.SIGN_IN_RATE)
    throttle(scope="sign-in-name", who=name.lower(), rate=settings.SIGN_IN_NAME_RATE)
    person = _known(request, name)
    if person is None:
        sign_in_failed(person=_named(name), step="password")
        return render(request, "web/accounts/sign_in.html", {**page, "error": WRONG}, status=401)
    request.session.pop("sign_on", None)
    answer: HttpResponseBase = perform_password_login(
        request, {}, Login(user=person, redirect_url=onward(request))
    )
    return answer


@require_POST
def sign_out(request: HttpRequest) -> HttpResponseBase:
    """The way out."""
    person = person_of(request)
    known = request.session.get(SESSION_KEY)
    session = PersonSession.objects.filter(pk=known).first() if known else None
    if person and session:
        session_end(session=session, why="signed out", actor=f"person:{person.pk}")
    logout(request)
    return redirect("home")


@never_cache
@require_http_methods(["GET", "POST"])
def password(request: HttpRequest) -> HttpResponseBase:
    """A new password: asked at the first sign-in, possible at any time."""
    person = actor_of(request).person
    assert person is not None  # noqa: S101 - actor_of answers with a person or raises
    forced = person.password_change_required
    if request.method == "GET":
        return render(request, "web/accounts/password.html", {"forced": forced})
    session = request.session.get(SESSION_KEY)
    try:
        password_set(person=person, password=_checked(request, person), session=session)
    except InvalidInput as error:
        page = {"forced": forced, "errors": said_of(error.fields)}
        return render(request, "web/accounts/password.html", page, status=error.status)
    update_session_auth_hash(request, person)
    return redirect(settings.LOGIN_REDIRECT_URL)


def _known(request: HttpRequest, name: str) -> Person | None:
    """The person with this name and password; a name that no one can have is not looked up."""
    if not name or "\x00" in name:
        return None
    person = authenticate(request, username=name, password=request.POST.get("password", ""))
    return person if isinstance(person, Person) else None


def _services(request: HttpRequest, to: str) -> list[dict[str, str]]:
    """The sign-in services that are set, each with its title and where its way begins."""
    return [
        {"title": str(one.name), "address": one.get_login_url(request, next=to)}
        for one in get_adapter().list_providers(request)
    ]


def _named(name: str) -> Person | None:
    return None if "\x00" in name else person_find(name)


def _checked(request: HttpRequest, person: Person) -> str:
    """The new password of a correct form; raises InvalidInput with the fields' sentences."""
    current, new = request.POST.get("current", ""), request.POST.get("new", "")
    wrong: dict[str, str] = {}
    if not person.check_password(current):
        wrong["current"] = gettext("This is not your present password.")
    if new == current:
        wrong["new"] = gettext("Choose a password that differs from the present one.")
    if new != request.POST.get("again", ""):
        wrong["again"] = gettext("The two new passwords differ; type both again.")
    if wrong:
        raise InvalidInput.of(wrong)
    return new
