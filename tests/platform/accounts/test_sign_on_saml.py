"""Signing in through SAML 2.0: our metadata, a signed answer, and answers that are not right."""

from __future__ import annotations

import base64
import zlib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID
from django.test import Client
from lxml import etree
from onelogin.saml2.constants import OneLogin_Saml2_Constants as Words
from onelogin.saml2.utils import OneLogin_Saml2_Utils as Tools

from probity.accounts.models import Person
from probity.core import sign_on

pytestmark = pytest.mark.django_db
ENTITY = "https://idp.example/metadata"
ANSWER = """<samlp:Response xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol"
 xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="_{response}" Version="2.0"
 IssueInstant="{now}" Destination="{acs}" InResponseTo="{asked}"><saml:Issuer>{entity}</saml:Issuer>
<samlp:Status><samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Success"/></samlp:Status>
{assertion}</samlp:Response>"""
ASSERTION = """<saml:Assertion xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="_{id}"
 Version="2.0" IssueInstant="{now}"><saml:Issuer>{entity}</saml:Issuer>
<saml:Subject><saml:NameID Format="urn:oasis:names:tc:SAML:2.0:nameid-format:persistent">{subject}\
</saml:NameID><saml:SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:bearer">
<saml:SubjectConfirmationData NotOnOrAfter="{end}" Recipient="{acs}" InResponseTo="{asked}"/>
</saml:SubjectConfirmation></saml:Subject>
<saml:Conditions NotBefore="{begin}" NotOnOrAfter="{end}"><saml:AudienceRestriction>
<saml:Audience>{audience}</saml:Audience></saml:AudienceRestriction></saml:Conditions>
<saml:AuthnStatement AuthnInstant="{now}" SessionIndex="s"><saml:AuthnContext>
<saml:AuthnContextClassRef>urn:oasis:names:tc:SAML:2.0:ac:classes:Password</saml:AuthnContextClassRef>
</saml:AuthnContext></saml:AuthnStatement>
<saml:AttributeStatement><saml:Attribute Name="email"><saml:AttributeValue>{email}\
</saml:AttributeValue></saml:Attribute><saml:Attribute Name="groups">
<saml:AttributeValue>moderators</saml:AttributeValue></saml:Attribute></saml:AttributeStatement>
</saml:Assertion>"""


def _pair() -> tuple[str, str]:
    """A key and its self-signed certificate, both PEM."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "idp.example")])
    moment = datetime.now(UTC)
    built = x509.CertificateBuilder().subject_name(name).issuer_name(name)
    built = built.public_key(key.public_key()).serial_number(x509.random_serial_number())
    built = built.not_valid_before(moment - timedelta(days=1))
    signed = built.not_valid_after(moment + timedelta(days=1)).sign(key, hashes.SHA256())
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return private.decode(), signed.public_bytes(serialization.Encoding.PEM).decode()


@pytest.fixture(scope="module")
def idp() -> tuple[str, str]:
    """The identity provider's key and certificate."""
    return _pair()


@pytest.fixture(autouse=True)
def told(idp: tuple[str, str], settings: Any, tmp_path: Any) -> None:
    """Probity knows the provider from settings."""
    certificate = tmp_path / "idp.pem"
    certificate.write_text(idp[1])
    saml = sign_on.Saml(ENTITY, "https://idp.example/sso", str(certificate), "Example House")
    nothing = sign_on.Oidc("", "", "", "")
    settings.SOCIALACCOUNT_PROVIDERS = sign_on.providers(oidc=nothing, saml=saml)


def answer(idp: tuple[str, str], asked: str, **other: Any) -> str:
    """A signed answer to a request of ours, base64; ``other`` says what is wrong with it."""
    moment = datetime.now(UTC)

    def at(minutes: int) -> str:
        return (moment + timedelta(minutes=minutes)).strftime("%Y-%m-%dT%H:%M:%SZ")

    values = {
        "response": uuid4().hex, "id": uuid4().hex, "asked": asked, "entity": ENTITY,
        "acs": "http://testserver/sign-in/saml/saml/answer", "now": at(0), "begin": at(-5),
        "end": at(5), "audience": "http://testserver/sign-in/saml/saml/metadata",
        "subject": "u-1", "email": "ada@example.org",
    } | {key: value for key, value in other.items() if key in ASSERTION}  # fmt: skip
    if other.get("old"):
        values |= {"begin": at(-60), "end": at(-30)}
    key, certificate = other.get("pair", idp)
    assertion = ASSERTION.format(**values)
    if other.get("signed", True):
        assertion = Tools.add_sign(
            assertion, key, certificate, sign_algorithm=Words.RSA_SHA256,
            digest_algorithm=Words.SHA256,
        ).decode()  # fmt: skip
    assertion = assertion.replace(*other.get("altered", ("", "")))
    whole = ANSWER.format(**values, assertion=assertion)
    return base64.b64encode(whole.encode()).decode()


def asked_by(client: Client) -> str:
    """The id of the request that the browser carries to the provider."""
    out = client.get("/sign-in/saml/saml?next=/triage")
    assert out.status_code == 302, out.content
    address = urlsplit(out["Location"])
    assert address.netloc == "idp.example"
    packed = base64.b64decode(parse_qs(address.query)["SAMLRequest"][0])
    return str(etree.fromstring(zlib.decompress(packed, -15)).get("ID"))


def come_in(client: Client, sent: str) -> Any:
    """The provider's page posts the answer; the browser follows."""
    posted = client.post("/sign-in/saml/saml/answer", {"SAMLResponse": sent, "RelayState": ""})
    assert posted.status_code == 302, posted.content
    return client.get(posted["Location"])


@pytest.fixture
def client() -> Client:
    """A browser; it names the host it asks, as browsers do."""
    return browser()


def browser() -> Client:
    return Client(headers={"host": "testserver"})


@pytest.fixture
def ada(person: Callable[..., Any]) -> Any:
    somebody = person("ada")
    Person.objects.filter(pk=somebody.pk).update(sign_on_name="ada@example.org")
    return somebody


def test_our_metadata_names_us_and_where_answers_go(client: Client) -> None:
    told = client.get("/sign-in/saml/saml/metadata")
    assert told.status_code == 200
    found = etree.fromstring(told.content)
    assert found.get("entityID") == "http://testserver/sign-in/saml/saml/metadata"
    service = found.find(".//{*}AssertionConsumerService")
    assert service is not None
    assert service.get("Location") == "http://testserver/sign-in/saml/saml/answer"
    assert found.find(".//{*}SPSSODescriptor").get("WantAssertionsSigned") == "true"
    assert found.find(".//{*}SingleLogoutService") is None
    assert client.post("/sign-in/saml/saml/sign-out").status_code == 404
    assert client.get("/sign-in/saml/other/metadata").status_code == 404


def test_a_signed_answer_lets_a_known_person_in(
    client: Client, ada: Any, idp: tuple[str, str]
) -> None:
    back = come_in(client, answer(idp, asked_by(client)))
    assert back.status_code == 302, back.content.decode()
    assert back["Location"] == "/triage"
    assert client.get("/triage").status_code == 200


def test_a_stranger_is_refused(client: Client, idp: tuple[str, str]) -> None:
    back = come_in(client, answer(idp, asked_by(client)))
    assert back.status_code == 403
    assert "no account here" in back.content.decode()


@pytest.mark.parametrize(
    "wrong",
    [
        {"signed": False},
        {"pair": _pair()},
        {"altered": ("ada@example.org", "eve@example.org")},
        {"old": True},
        {"audience": "https://somebody.else/"},
        {"entity": "https://another.idp/"},
        {"acs": "https://somebody.else/acs"},
    ],
    ids=["unsigned", "other key", "altered", "old", "not for us", "other provider", "elsewhere"],
)
def test_an_answer_that_is_not_right_lets_nobody_in(
    client: Client, ada: Any, idp: tuple[str, str], wrong: dict[str, Any]
) -> None:
    back = come_in(client, answer(idp, asked_by(client), **wrong))
    assert back.status_code == 403
    assert "could not be checked" in back.content.decode()
    assert client.get("/triage").status_code == 302


def test_an_answer_counts_once_and_only_where_it_was_asked_for(
    client: Client, ada: Any, idp: tuple[str, str]
) -> None:
    sent = answer(idp, asked_by(client))
    assert come_in(browser(), sent).status_code == 403, "another browser never asked"
    assert come_in(client, sent)["Location"] == "/triage"
    client.post("/sign-out")
    assert come_in(client, sent).status_code == 403, "played again"
