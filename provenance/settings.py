"""Settings for the reading library, which accepts a misspelt key without a word: we do not."""

from __future__ import annotations

from typing import Any

from provenance.errors import SettingsInvalid
from provenance.purposes import ACCEPTED

_SCHEMA: dict[str, dict[str, type]] = {
    "verify": {
        "verify_trust": bool,
        "verify_after_reading": bool,
        "remote_manifest_fetch": bool,
        "ocsp_fetch": bool,
    },
    "core": {
        "allowed_network_hosts": list,
        "allow_redirects": bool,
        "decode_identity_assertions": bool,
    },
    "trust": {"trust_anchors": str, "trust_config": str},
}

_FIXED: dict[tuple[str, str], object] = {
    ("verify", "verify_trust"): True,
    ("verify", "verify_after_reading"): True,
    ("verify", "remote_manifest_fetch"): False,
    ("verify", "ocsp_fetch"): False,
    ("core", "allowed_network_hosts"): [],
    ("core", "allow_redirects"): False,
}


def reader_settings(*, anchors: str, identity: bool) -> dict[str, Any]:
    """Settings of one reading: no network, trust always judged, all signing purposes known.

    ``anchors`` is PEM text or empty (then nothing is trusted); ``identity`` says whether CAWG
    identity assertions are decoded. Raises SettingsInvalid.
    """
    trust = {"trust_config": "\n".join(ACCEPTED)}
    if anchors:
        trust["trust_anchors"] = anchors
    settings: dict[str, Any] = {
        "verify": {key: value for (part, key), value in _FIXED.items() if part == "verify"},
        "core": {
            **{key: value for (part, key), value in _FIXED.items() if part == "core"},
            "decode_identity_assertions": identity,
        },
        "trust": trust,
    }
    return checked(settings)


def checked(settings: dict[str, Any]) -> dict[str, Any]:
    """The same settings, if every key is known, every type right and no safeguard is off.

    Raises SettingsInvalid.
    """
    for part, members in settings.items():
        known = _SCHEMA.get(part)
        if known is None or not isinstance(members, dict):
            raise SettingsInvalid(f"Reader settings have no part {part!r}.")
        for key, value in members.items():
            if key not in known:
                raise SettingsInvalid(f"Reader settings have no key {part}.{key}.")
            if not isinstance(value, known[key]):
                raise SettingsInvalid(f"{part}.{key} must be a {known[key].__name__}.")
    for (part, key), value in _FIXED.items():
        if settings.get(part, {}).get(key) != value:
            raise SettingsInvalid(
                f"{part}.{key} must be {value!r}: anything else would weaken the verdict."
            )
    if settings.get("trust", {}).get("trust_config") != "\n".join(ACCEPTED):
        raise SettingsInvalid("trust.trust_config must name every accepted signing purpose.")
    return settings
