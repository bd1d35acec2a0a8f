"""The short answer: an icon, a few words, who, with what and when (levels 1 and 2 of the C2PA's
user experience guidance)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_TITLES = {
    "trusted": "Signed by somebody who is trusted",
    "valid": "Signed, signer not known",
    "invalid": "Credentials that do not hold",
    "none": "No Content Credentials",
    "not_checked": "Content Credentials elsewhere, not fetched",
    "unreadable": "Content Credentials could not be read",
}
_ICONS = {"absent": "none", "remote_not_fetched": "not_checked", "unreadable": "unreadable"}


def of(record: Mapping[str, Any], *, ai_sentence: str | None) -> dict[str, Any]:
    """``icon`` (trusted, valid, invalid, none, not_checked or unreadable), ``title``, ``signer``
    (with "claims to be" where it is not an identity), ``generator``, ``date`` (ISO) with
    ``date_proven`` (by a time-stamp whose authority is trusted), and ``ai``."""
    icon = _ICONS.get(record["credentials"], record["verdict"])
    signer = record["signer"] or {}
    stamp = record["time_stamp"] or {}
    return {
        "icon": icon,
        "title": _TITLES[icon],
        "signer": signer.get("shown"),
        "generator": record["generator"],
        "date": stamp.get("time") or signer.get("signed_at"),
        "date_proven": stamp.get("trusted") is True,
        "ai": ai_sentence,
    }
