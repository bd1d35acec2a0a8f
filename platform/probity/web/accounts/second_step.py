"""The second step of a sign-in: a code, a security key, or a recovery code."""

from __future__ import annotations

import json
from typing import Any

from allauth.mfa.base.views import AuthenticateView
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.db import transaction
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext

from probity.accounts.second_factor import recovery_used
from probity.accounts.sign_in import sign_in_failed
from probity.core.throttle import source_of, throttle

from .middleware import HAS_FACTOR


class SecondStep(AuthenticateView):  # type: ignore[misc]
    """The library checks the factor; the page, the limits and the record are ours."""

    template_name = "web/accounts/second_step.html"

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Check what was sent, not too often."""
        throttle(scope="sign-in", who=source_of(request), rate=settings.SIGN_IN_RATE)
        answer: HttpResponseBase = super().post(request, *args, **kwargs)
        return answer

    def form_valid(self, form: Any) -> HttpResponseBase:
        """In; a recovery code that was used up is written down."""
        used = getattr(form, "authenticator", None)
        with transaction.atomic():
            answer: HttpResponseBase = super().form_valid(form)
            self.request.session[HAS_FACTOR] = True
            if used is not None and used.type == Authenticator.Type.RECOVERY_CODES:
                recovery_used(person=self.stage.login.user)
        return answer

    def form_invalid(self, form: Any) -> HttpResponseBase:
        """Not in; what was wrong stands beside the field."""
        sign_in_failed(person=self.stage.login.user, step=gettext("second factor"))
        answer: HttpResponseBase = super().form_invalid(form)
        answer.status_code = 401
        return answer

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Whether there are keys, and what the browser must ask them."""
        page: dict[str, Any] = super().get_context_data(**kwargs)
        own = Authenticator.objects.filter(user=self.stage.login.user)
        page["has_keys"] = own.filter(type=Authenticator.Type.WEBAUTHN).exists()
        page["has_app"] = own.filter(type=Authenticator.Type.TOTP).exists()
        page["options"] = json.dumps(page["js_data"]["request_options"])
        page["errors"] = [str(one) for form in (self.form,) if form for one in _sentences(form)]
        return page


def _sentences(form: Any) -> list[str]:
    return [sentence for sentences in form.errors.values() for sentence in sentences]
