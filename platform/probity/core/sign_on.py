"""How people of the operator's own directory come in: settings of OpenID Connect and SAML 2.0.

What is half set, or would hand out more than it may, stops the start with a sentence.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

#: A directory may never make somebody an administrator; that is done here, by a person.
NEVER = "administrator"
STAFF = frozenset({"lead", "senior", "reviewer", "legal", "auditor", "creator"})
SLUG = "saml"


@dataclass(frozen=True)
class Oidc:
    """An OpenID Connect provider: its address, and what it knows us as."""

    url: str
    client: str
    secret: str
    title: str


@dataclass(frozen=True)
class Saml:
    """A SAML identity provider: its name, its sign-in address, the file with its certificate."""

    entity: str
    url: str
    certificate: str
    title: str


def role_map(pairs: Sequence[str]) -> dict[str, str]:
    """``group=role`` pairs; stops the start for an unknown role and for administrator."""
    found = _pairs(pairs, setting="PROBITY_SIGN_ON_ROLES")
    for group, role in found.items():
        if role == NEVER:
            raise SystemExit(
                f"PROBITY_SIGN_ON_ROLES gives administrator to {group!r}. A directory cannot make "
                "administrators: create them with manage.py person_create."
            )
        if role not in STAFF:
            raise SystemExit(
                f"PROBITY_SIGN_ON_ROLES gives the unknown role {role!r} to {group!r}: choose from "
                f"{', '.join(sorted(STAFF))}."
            )
    return found


def queue_map(pairs: Sequence[str]) -> dict[str, str]:
    """``group=queue`` pairs; ``*`` stands for every queue."""
    return _pairs(pairs, setting="PROBITY_SIGN_ON_QUEUES")


def _pairs(pairs: Sequence[str], *, setting: str) -> dict[str, str]:
    found = {}
    for pair in pairs:
        group, _, what = (side.strip() for side in pair.rpartition("="))
        if not group or not what:
            raise SystemExit(f"{setting} must hold pairs group=name with commas; {pair!r} is none.")
        found[group] = what
    return found


def providers(*, oidc: Oidc, saml: Saml) -> dict[str, Any]:
    """The services that are set, as allauth takes them; none without settings."""
    return {
        "openid_connect": {"OAUTH_PKCE_ENABLED": True, "APPS": _oidc(oidc)},
        "saml": {"APPS": _saml(saml)},
    }


def _oidc(oidc: Oidc) -> list[Mapping[str, Any]]:
    if not oidc.url:
        return []
    if not oidc.client or not oidc.secret:
        raise SystemExit(
            "PROBITY_OIDC_URL is set: PROBITY_OIDC_CLIENT and PROBITY_OIDC_SECRET are needed too."
        )
    address = urlsplit(oidc.url)
    if address.scheme != "https" and address.hostname not in {"127.0.0.1", "localhost", "::1"}:
        raise SystemExit(
            "PROBITY_OIDC_URL must begin with https: who answers there says who people are."
        )
    return [
        {
            "provider_id": "oidc",
            "name": oidc.title,
            "client_id": oidc.client,
            "secret": oidc.secret,
            "settings": {"server_url": oidc.url.rstrip("/")},
        }
    ]


def _saml(saml: Saml) -> list[Mapping[str, Any]]:
    if not saml.entity:
        return []
    if not saml.url or not saml.certificate:
        raise SystemExit(
            "PROBITY_SAML_ENTITY is set: PROBITY_SAML_URL and PROBITY_SAML_CERTIFICATE (a file) "
            "are needed too."
        )
    try:
        certificate = Path(saml.certificate).read_text(encoding="ascii")
    except (OSError, UnicodeDecodeError):
        raise SystemExit(
            f"PROBITY_SAML_CERTIFICATE: {saml.certificate} is no certificate that can be read."
        ) from None
    return [saml_app(entity=saml.entity, url=saml.url, certificate=certificate, title=saml.title)]


def saml_app(*, entity: str, url: str, certificate: str, title: str) -> Mapping[str, Any]:
    """One SAML service: whole assertions must be signed, unasked answers are refused."""
    return {
        "provider_id": SLUG,
        "name": title,
        "client_id": SLUG,
        "settings": {
            "idp": {"entity_id": entity, "sso_url": url, "x509cert": certificate},
            "advanced": {
                "strict": True,
                "want_assertion_signed": True,
                "want_name_id": True,
                "reject_deprecated_algorithm": True,
                "reject_idp_initiated_sso": True,
                # an installation inside a house is often called by one word
                "allow_single_label_domains": True,
            },
        },
    }
