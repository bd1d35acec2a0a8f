"""Signing in through OpenID Connect: the real code flow with a provider on a loopback port."""

from __future__ import annotations

import base64
import hashlib
import json
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
import pytest
import requests
from allauth.socialaccount.models import SocialAccount
from cryptography.hazmat.primitives.asymmetric import rsa
from django.test import Client

from probity.accounts.models import Person
from probity.audit.models import AuditEvent
from probity.core import sign_on

pytestmark = pytest.mark.django_db
KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)


@dataclass
class Provider:
    """What the provider is to say, and the codes it gave out."""

    url: str = ""
    claims: dict[str, Any] = field(default_factory=dict)
    codes: dict[str, dict[str, str]] = field(default_factory=dict)

    def authorise(self, asked: dict[str, str]) -> str:
        """A code for a request of the authorisation endpoint; the address to go back to."""
        assert asked["response_type"] == "code"
        assert "openid" in asked["scope"].split()
        assert asked["code_challenge_method"] == "S256"
        code = f"code-{len(self.codes)}"
        self.codes[code] = asked
        return f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state']})}"

    def tokens(self, form: dict[str, str], secret: str) -> dict[str, Any] | None:
        """The tokens for a code, once, and only for who asked for it."""
        asked = self.codes.pop(form["code"], None)
        challenge = hashlib.sha256(form["code_verifier"].encode()).digest()
        fits = (
            asked is not None
            and base64.urlsafe_b64encode(challenge).decode().rstrip("=") == asked["code_challenge"]
            and form["redirect_uri"] == asked["redirect_uri"]
            and secret == "client secret"
        )
        if not fits:
            return None
        moment = int(time.time())
        body = {
            "iss": self.url, "aud": "probity", "iat": moment, "exp": moment + 60,
            "sub": self.claims["sub"],
        }  # fmt: skip
        return {
            "access_token": "access", "token_type": "Bearer", "expires_in": 60,
            "id_token": jwt.encode(body, KEY, algorithm="RS256", headers={"kid": "one"}),
        }  # fmt: skip


@pytest.fixture
def provider(settings: Any) -> Iterator[Provider]:
    """The provider, running, and Probity told of it."""
    ours = Provider()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            address = urlsplit(self.path)
            if address.path == "/authorize":
                asked = {name: values[0] for name, values in parse_qs(address.query).items()}
                self.send_response(302)
                self.send_header("Location", ours.authorise(asked))
                self.end_headers()
            elif address.path == "/userinfo":
                right = self.headers["Authorization"] == "Bearer access"
                self._json(ours.claims if right else {}, 200 if right else 401)
            elif address.path == "/.well-known/openid-configuration":
                self._json(
                    {
                        "issuer": ours.url,
                        "authorization_endpoint": f"{ours.url}/authorize",
                        "token_endpoint": f"{ours.url}/token",
                        "userinfo_endpoint": f"{ours.url}/userinfo",
                        "jwks_uri": f"{ours.url}/jwks",
                        "token_endpoint_auth_methods_supported": ["client_secret_post"],
                    }
                )
            else:
                self._json({}, 404)

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            form = {name: values[0] for name, values in parse_qs(body).items()}
            tokens = ours.tokens(form, form.get("client_secret", ""))
            self._json(tokens or {"error": "invalid_grant"}, 200 if tokens else 400)

        def _json(self, body: dict[str, Any], status: int = 200) -> None:
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.end_headers()
            self.wfile.write(json.dumps(body).encode())

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    ours.url = f"http://127.0.0.1:{server.server_port}"
    ours.claims = {"sub": "u-1", "email": "ada@example.org", "email_verified": True, "groups": []}
    oidc = sign_on.Oidc(ours.url, "probity", "client secret", "Example House")
    nothing = sign_on.Saml("", "", "", "")
    settings.SOCIALACCOUNT_PROVIDERS = sign_on.providers(oidc=oidc, saml=nothing)
    yield ours
    server.shutdown()
    server.server_close()
    thread.join()


def come_in(client: Client, *, to: str = "/triage") -> Any:
    """Follow the link of the sign-in page to the provider and back."""
    out = client.get(f"/sign-in/oidc/oidc?{urlencode({'next': to})}")
    assert out.status_code == 302, out.content
    back = requests.get(out["Location"], allow_redirects=False, timeout=60)
    address = urlsplit(back.headers["Location"])
    return client.get(f"{address.path}?{address.query}")


def bind(person: Any, name: str = "ada@example.org") -> None:
    Person.objects.filter(pk=person.pk).update(sign_on_name=name)


def test_the_page_offers_the_service_only_where_it_is_set(
    client: Client, provider: Provider, settings: Any
) -> None:
    page = client.get("/sign-in").content.decode()
    assert 'href="/sign-in/oidc/oidc?next=' in page
    assert "Sign in with Example House" in page
    nothing = {"oidc": sign_on.Oidc("", "", "", ""), "saml": sign_on.Saml("", "", "", "")}
    settings.SOCIALACCOUNT_PROVIDERS = sign_on.providers(**nothing)  # type: ignore[arg-type]
    assert "Sign in with" not in client.get("/sign-in").content.decode()
    assert client.get("/sign-in/oidc/oidc").status_code == 404


def test_somebody_bound_by_an_administrator_comes_in(
    client: Client, provider: Provider, person: Callable[..., Any]
) -> None:
    ada = person("ada", "lead")
    bind(ada)
    assert come_in(client)["Location"] == "/triage"
    assert client.get("/triage").status_code == 200
    signed = AuditEvent.objects.get(name="person.signed_in")
    assert signed.payload["way"] == "oidc"
    account = SocialAccount.objects.get()
    assert (account.user, account.uid, account.extra_data) == (ada, "u-1", {})
    bind(ada, "renamed@example.org")
    assert come_in(Client())["Location"] == "/triage", "known by the service's own id from now on"
    assert Person.objects.get(pk=ada.pk).roles == ["lead"], "roles given here stay"


def test_a_stranger_is_refused_and_nothing_is_made(client: Client, provider: Provider) -> None:
    answer = come_in(client)
    assert answer.status_code == 403
    page = answer.content.decode()
    assert "you have no account here" in page
    assert "Probity" in page
    assert not Person.objects.exists()
    assert not SocialAccount.objects.exists()
    assert client.get("/triage").status_code == 302
    assert AuditEvent.objects.get(name="person.sign_in_failed").payload["step"] == "service"


def test_an_address_that_was_not_verified_names_nobody(
    client: Client, provider: Provider, person: Callable[..., Any]
) -> None:
    bind(person("ada"))
    provider.claims["email_verified"] = False
    assert come_in(client).status_code == 403


def test_a_second_account_cannot_take_over_a_bound_name(
    client: Client, provider: Provider, person: Callable[..., Any]
) -> None:
    bind(person("ada"))
    come_in(client)
    provider.claims["sub"] = "u-2"
    assert come_in(Client()).status_code == 403


def test_groups_give_roles_where_the_operator_said_so(
    client: Client, provider: Provider, settings: Any
) -> None:
    settings.SIGN_ON_NEW_PEOPLE = True
    settings.SIGN_ON_ROLES = {"moderators": "reviewer", "chiefs": "lead"}
    settings.SIGN_ON_QUEUES = {"moderators": "general"}
    provider.claims["groups"] = ["staff"]
    assert come_in(client).status_code == 403, "none of the groups has a role"
    provider.claims["groups"] = ["moderators", "staff", "administrator"]
    assert come_in(client)["Location"] == "/triage"
    made = Person.objects.get()
    assert (made.roles, made.has_usable_password()) == (["reviewer"], False)
    assert [grant.queue for grant in made.grants.filter(ended_at=None)] == ["general"]
    provider.claims["groups"] = ["chiefs"]
    come_in(Client())
    made.refresh_from_db()
    assert made.roles == ["lead"]
    assert not made.grants.filter(ended_at=None).exists()
    provider.claims["groups"] = []
    assert come_in(Client()).status_code == 403
    assert Person.objects.count() == 1


def test_a_closed_account_stays_closed(
    client: Client, provider: Provider, person: Callable[..., Any]
) -> None:
    ada = person("ada")
    bind(ada)
    come_in(client)
    Person.objects.filter(pk=ada.pk).update(is_active=False)
    assert come_in(Client()).status_code == 403


def test_the_second_factor_is_asked_for_unless_the_service_does(
    client: Client, provider: Provider, person: Callable[..., Any], enter: Any, bind_app: Any,
    settings: Any,
) -> None:  # fmt: skip
    bind(person("ada"))
    enter(client, "ada")
    bind_app(client)
    assert come_in(Client())["Location"] == "/sign-in/second-step"
    settings.SIGN_ON_SECOND_FACTOR = True
    assert come_in(Client())["Location"] == "/triage"


def test_an_answer_that_nobody_asked_for_is_refused(
    client: Client, provider: Provider, person: Callable[..., Any]
) -> None:
    bind(person("ada"))
    out = client.get("/sign-in/oidc/oidc")
    back = requests.get(out["Location"], allow_redirects=False, timeout=60)
    address = urlsplit(back.headers["Location"])
    elsewhere = Client()
    answer = elsewhere.get(f"{address.path}?{address.query}")
    assert answer.status_code == 403
    assert elsewhere.get("/triage").status_code == 302
    assert client.get("/sign-in/oidc/oidc/answer?error=access_denied&state=x").status_code == 403


def test_settings_that_give_too_much_stop_the_start(tmp_path: Any) -> None:
    nobody = sign_on.Saml("", "", "", "")
    for pairs in (["chiefs=administrator"], ["chiefs=emperor"], ["chiefs"]):
        with pytest.raises(SystemExit, match="PROBITY_SIGN_ON_ROLES"):
            sign_on.role_map(pairs)
    with pytest.raises(SystemExit, match="https"):
        sign_on.providers(oidc=sign_on.Oidc("http://idp.example", "a", "b", "c"), saml=nobody)
    with pytest.raises(SystemExit, match="PROBITY_OIDC_SECRET"):
        sign_on.providers(oidc=sign_on.Oidc("https://idp.example", "a", "", "c"), saml=nobody)
    none = sign_on.Oidc("", "", "", "")
    with pytest.raises(SystemExit, match="PROBITY_SAML_CERTIFICATE"):
        sign_on.providers(oidc=none, saml=sign_on.Saml("idp", "https://idp.example", "", "c"))
    missing = sign_on.Saml("idp", "https://idp.example", str(tmp_path / "no.pem"), "c")
    with pytest.raises(SystemExit, match="can be read"):
        sign_on.providers(oidc=none, saml=missing)
