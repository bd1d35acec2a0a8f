"""What a SAML identity provider needs to know of us."""

from __future__ import annotations

from allauth.socialaccount.providers.saml.utils import build_saml_config, get_app_or_404
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET
from onelogin.saml2.settings import OneLogin_Saml2_Settings

from probity.core.errors import NotFound


@require_GET
def metadata(request: HttpRequest, organization_slug: str) -> HttpResponse:
    """Our name and the address for answers (SAML 2.0 metadata, section 2.4.4)."""
    app = get_app_or_404(request, organization_slug)
    config = build_saml_config(request, app.settings, organization_slug)
    # signing out here does not sign out there, so nothing of the kind is announced
    config["sp"].pop("singleLogoutService", None)
    settings = OneLogin_Saml2_Settings(settings=config, sp_validation_only=True)
    return HttpResponse(settings.get_sp_metadata(), content_type="application/samlmetadata+xml")


@csrf_exempt
def no_sign_out(request: HttpRequest, organization_slug: str) -> HttpResponse:
    """Nothing: an unsigned request from elsewhere must not be able to sign people out."""
    del request, organization_slug
    raise NotFound(
        gettext("Signing out at the sign-in service does not sign out here. Use “Sign out”.")
    )
