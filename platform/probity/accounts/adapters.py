"""How the sign-in library is told our ways: who may come in, what is kept, what is written down."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import get_authentication_records
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from probity.core.errors import Refusal
from probity.core.throttle import source_of

from .browsers import browser_words
from .models import Person
from .sealing import seal, unseal
from .sessions import session_begin
from .sign_in import sign_in_failed
from .sign_on import Claims, person_for

#: Where the browser's session keeps which of our sessions it is, and when it was last confirmed.
SESSION_KEY = "sitting"
CONFIRMED_KEY = "confirmed_at"
PASSWORD = "password"  # noqa: S105 - the word for how somebody signed in


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Nobody signs up; who signs in gets a session on the record."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:  # noqa: ARG002
        """Accounts are made by administrators, or by a sign-in service where that is set."""
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        """The same source that our own limits count."""
        return source_of(request)

    def get_login_stages(self) -> list[str]:
        """Ask for the second factor, unless the operator says that the service does so itself."""
        if settings.SIGN_ON_SECOND_FACTOR and self._by_service():
            return []
        return ["allauth.mfa.stages.AuthenticateStage"]

    def login(self, request: HttpRequest, user: Person) -> None:
        """Sign in, with the session in the same transaction as its event."""
        with transaction.atomic():
            super().login(request, user)
            person_session_begin(request, user)

    def post_login(self, request: HttpRequest, user: Person, **hook: Any) -> HttpResponse:  # noqa: ARG002
        """Go where they wanted to; no message, the page itself says who is signed in."""
        address = hook.get("redirect_url") or ""
        return redirect(address if self.is_safe_url(address) else settings.LOGIN_REDIRECT_URL)

    def send_notification_mail(self, *args: Any, **kwargs: Any) -> None:
        """People have no mail address here; the log and their own page say what happened."""

    def _by_service(self) -> bool:
        return "sign_on" in self.request.session


def person_session_begin(request: HttpRequest, person: Person) -> None:
    """Begin one of our sessions behind the browser's, from what was asked on the way in."""
    records = get_authentication_records(request, person)
    ways = [str(one.get("provider") or PASSWORD) for one in records if one["method"] != "mfa"]
    factors = [str(one.get("type")) for one in records if one["method"] == "mfa"]
    session = session_begin(
        person=person,
        way=ways[-1] if ways else "direct",
        factor=factors[-1] if factors else "none",
        browser=browser_words(request.headers.get("User-Agent", "")),
    )
    request.session[SESSION_KEY] = str(session.pk)
    if ways:
        request.session[CONFIRMED_KEY] = session.began_at.timestamp()


class FactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """Seeds are kept sealed; the name shown by an authenticator is the sign-in name."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": "This code is not right, or it was used before. Wait for the next one.",
    }

    def encrypt(self, text: str) -> str:
        """Seal."""
        return seal(text)

    def decrypt(self, encrypted_text: str) -> str:
        """Open."""
        return unseal(encrypted_text)

    def _get_site_name(self) -> str:
        return str(settings.MFA_TOTP_ISSUER)


class SignOnAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]
    """Lets in whom we know, or whom the directory's groups give a role; nobody else."""

    def pre_social_login(self, request: HttpRequest, sociallogin: Any) -> None:
        """Find the person behind an answer of the service, or show why there is none."""
        account = sociallogin.account
        if sociallogin.state.get("process", "login") != "login":
            self._refuse(request, "A sign-in service can only be used to sign in.", None)
        claims = Claims.of(account.provider, account.uid, account.extra_data)
        # Names and addresses of the answer are used now and never kept.
        account.extra_data, sociallogin.token = {}, None
        sociallogin.email_addresses = []
        known = sociallogin.user if sociallogin.is_existing else None
        try:
            with transaction.atomic():
                person = person_for(claims, known=known)
                sociallogin.user = account.user = person
                account.save()
        except Refusal as refusal:
            self._refuse(request, refusal.sentence, known)
        request.session["sign_on"] = account.provider

    def on_authentication_error(
        self, request: HttpRequest, provider: Any, error: Any = None, exception: Any = None,
        extra_context: Any = None,
    ) -> None:  # fmt: skip
        """The service said no, or its answer was not right."""
        del provider, error, exception, extra_context
        self._refuse(
            request,
            "The sign-in service did not let you in, or its answer could not be checked. Try "
            "again; if it stays so, tell your administrator the time.",
            None,
        )

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:  # noqa: ARG002
        """Never through the library's own door."""
        return False

    def _refuse(self, request: HttpRequest, sentence: str, person: Person | None) -> None:
        sign_in_failed(person=person, step="service")
        page = {"title": "You are not signed in", "sentence": sentence, "status": 403}
        raise ImmediateHttpResponse(render(request, "web/problem.html", page, status=403))
