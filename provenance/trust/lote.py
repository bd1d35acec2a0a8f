"""Reading a list of trusted entities as JSON (ETSI TS 119 602), the form in which the C2PA
publishes its list beside PEM."""

from __future__ import annotations

import base64
import binascii
import datetime as dt
import json
from dataclasses import dataclass
from typing import Any

from provenance.errors import TrustListInvalid

_TRUSTED = "/trusted"


@dataclass(frozen=True, kw_only=True)
class Entities:
    """Certificates (PEM, in the list's order) and what the list says of itself; ``left_out``: how
    many services it names that are not, or no longer, trusted."""

    pem: bytes
    title: str | None
    date: dt.date | None
    next_update: dt.date | None
    left_out: int


def read(name: str, text: bytes) -> Entities:
    """Raises TrustListInvalid."""
    try:
        whole = json.loads(text)
    except ValueError as error:
        raise TrustListInvalid(f"Trust list {name} is not readable JSON ({error}).") from error
    body = whole.get("LoTE") if isinstance(whole, dict) else None
    entities = body.get("TrustedEntitiesList") if isinstance(body, dict) else None
    if not isinstance(body, dict) or not isinstance(entities, list):
        raise TrustListInvalid(
            f"Trust list {name}: this JSON is no list of trusted entities (ETSI TS 119 602): it "
            "has no LoTE with a TrustedEntitiesList."
        )
    services = [_information(name, service) for entity in entities for service in _services(entity)]
    trusted = [one for one in services if str(one.get("ServiceStatus", "")).endswith(_TRUSTED)]
    about = body.get("ListAndSchemeInformation")
    about = about if isinstance(about, dict) else {}
    return Entities(
        pem=b"".join(_pem(name, value) for one in trusted for value in _certificates(name, one)),
        title=_first_value(about.get("SchemeName")),
        date=_day(about.get("ListIssueDateTime")),
        next_update=_day(about.get("NextUpdate")),
        left_out=len(services) - len(trusted),
    )


def _services(entity: Any) -> list[Any]:
    listed = entity.get("TrustedEntityServices") if isinstance(entity, dict) else None
    return listed if isinstance(listed, list) else []


def _information(name: str, service: Any) -> dict[str, Any]:
    found = service.get("ServiceInformation") if isinstance(service, dict) else None
    if not isinstance(found, dict):
        raise TrustListInvalid(f"Trust list {name}: a service without ServiceInformation.")
    return found


def _certificates(name: str, service: dict[str, Any]) -> list[Any]:
    identity = service.get("ServiceDigitalIdentity")
    listed = identity.get("X509Certificates") if isinstance(identity, dict) else None
    if not isinstance(listed, list) or not listed:
        raise TrustListInvalid(f"Trust list {name}: a trusted service without X509Certificates.")
    return [entry.get("val") if isinstance(entry, dict) else None for entry in listed]


def _pem(name: str, value: Any) -> bytes:
    try:
        der = base64.b64decode(str(value), validate=True)
    except binascii.Error as error:
        raise TrustListInvalid(f"Trust list {name}: a certificate is not base64.") from error
    lines = base64.encodebytes(der)
    return b"-----BEGIN CERTIFICATE-----\n" + lines + b"-----END CERTIFICATE-----\n"


def _first_value(value: Any) -> str | None:
    first = value[0] if isinstance(value, list) and value else None
    found = first.get("value") if isinstance(first, dict) else None
    return found if isinstance(found, str) else None


def _day(value: Any) -> dt.date | None:
    try:
        return dt.datetime.fromisoformat(str(value)).date() if value else None
    except ValueError:
        return None
