"""The addresses of signing in, and of one's own account."""

from allauth.socialaccount.providers.openid_connect import views as oidc
from allauth.socialaccount.providers.saml import views as saml
from django.urls import path

from . import account_views, factor_views, saml_views, token_views, views
from .confirming import confirm
from .second_step import SecondStep

urlpatterns = [
    path("sign-in", views.sign_in, name="sign-in"),
    path("sign-out", views.sign_out, name="sign-out"),
    path("password", views.password, name="password"),
    # names that the sign-in library looks for
    path("sign-in", views.sign_in, name="account_login"),
    path("sign-in/second-step", SecondStep.as_view(), name="mfa_authenticate"),
    path("sign-in/oidc/<str:provider_id>", oidc.login, name="openid_connect_login"),
    path("sign-in/oidc/<str:provider_id>/answer", oidc.callback, name="openid_connect_callback"),
    path("sign-in/saml/<str:organization_slug>", saml.login, name="saml_login"),
    path("sign-in/saml/<str:organization_slug>/answer", saml.acs, name="saml_acs"),
    path("sign-in/saml/<str:organization_slug>/checked", saml.finish_acs, name="saml_finish_acs"),
    path(
        "sign-in/saml/<str:organization_slug>/metadata", saml_views.metadata, name="saml_metadata"
    ),
    path("sign-in/saml/<str:organization_slug>/sign-out", saml_views.no_sign_out, name="saml_sls"),
    path("account", account_views.account, name="account"),
    path("account/confirm", confirm, name="confirm"),
    path("account/sessions/others", account_views.others_end, name="account-others-end"),
    path(
        "account/sessions/<uuid:session_id>/end",
        account_views.session_end_own,
        name="account-session-end",
    ),
    path("account/access", account_views.exception, name="account-exception"),
    path(
        "account/access/<uuid:grant_id>/end",
        account_views.exception_end,
        name="account-exception-end",
    ),
    path("account/second-factor", factor_views.factors, name="account-factors"),
    path("account/second-factor/app", factor_views.app, name="account-app"),
    path("account/second-factor/key", factor_views.key, name="account-key"),
    path("account/second-factor/codes", factor_views.codes, name="account-codes"),
    path(
        "account/second-factor/<int:factor_id>/remove",
        factor_views.remove,
        name="account-factor-remove",
    ),
    path("account/tokens", token_views.tokens, name="account-tokens"),
    path("account/tokens/<uuid:token_id>/revoke", token_views.revoke, name="account-token-revoke"),
]
