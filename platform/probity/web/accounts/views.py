"""Sign in, sign out, set one's password."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth import authenticate, login, logout, update_session_auth_hash
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from probity.accounts.models import Person
from probity.accounts.services import password_set, sign_in_record
from probity.core.errors import InvalidInput
from probity.core.throttle import source_of, throttle
from probity.web.guard import actor_of, person_of

WRONG = "The name and the password do not fit together. Check both; large and small letters count."


@never_cache
@require_http_methods(["GET", "POST"])
def sign_in(request: HttpRequest) -> HttpResponseBase:
    """The door for people who work here."""
    if person_of(request):
        return redirect(_onward(request))
    name = request.POST.get("username", "").strip()
    page = {"username": name, "next": request.POST.get("next") or request.GET.get("next", "")}
    if request.method == "GET":
        return render(request, "web/accounts/sign_in.html", page)
    throttle(scope="sign-in", who=source_of(request), rate=settings.SIGN_IN_RATE)
    person = _known(request, name)
    if person is None:
        return render(request, "web/accounts/sign_in.html", {**page, "error": WRONG}, status=401)
    login(request, person)
    sign_in_record(person=person)
    return redirect(_onward(request))


@require_POST
def sign_out(request: HttpRequest) -> HttpResponseBase:
    """The way out."""
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
    try:
        password_set(person=person, password=_checked(request, person))
    except InvalidInput as error:
        page = {"forced": forced, "errors": error.fields}
        return render(request, "web/accounts/password.html", page, status=error.status)
    update_session_auth_hash(request, person)
    return redirect(settings.LOGIN_REDIRECT_URL)


def _known(request: HttpRequest, name: str) -> Person | None:
    """The person with this name and password; a name that no one can have is not looked up."""
    if not name or "\x00" in name:
        return None
    person = authenticate(request, username=name, password=request.POST.get("password", ""))
    return person if isinstance(person, Person) else None


def _checked(request: HttpRequest, person: Person) -> str:
    """The new password of a correct form; raises InvalidInput with the fields' sentences."""
    current, new = request.POST.get("current", ""), request.POST.get("new", "")
    wrong: dict[str, str] = {}
    if not person.check_password(current):
        wrong["current"] = "This is not your present password."
    if new == current:
        wrong["new"] = "Choose a password that differs from the present one."
    if new != request.POST.get("again", ""):
        wrong["again"] = "The two new passwords differ; type both again."
    if wrong:
        raise InvalidInput.of(wrong)
    return new


def _onward(request: HttpRequest) -> str:
    address = request.POST.get("next") or request.GET.get("next", "")
    safe = url_has_allowed_host_and_scheme(
        address, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return address if safe else settings.LOGIN_REDIRECT_URL
