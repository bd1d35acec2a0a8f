"""When the library raises instead of answering: what that means, in its own record."""

from __future__ import annotations

from typing import Any

from provenance import wording
from provenance.library import Reading
from provenance.text import shown

_REMOTE = "must fetch remote manifests from url"


def unread(reading: Reading, *, lists: list[str]) -> dict[str, Any]:
    """The record of a file without readable credentials: absent, remote or unreadable."""
    record: dict[str, Any] = {
        "verdict": "none",
        "by_list": dict.fromkeys(lists),
        "verdict_by_list": {},
        "trusted_by": [],
        "state_without_lists": None,
        "reasons": [],
        "ingredients_intact": None,
        "checks": [],
        "lists": [],
        "ai_sentence": None,
        "identity_sentence": None,
        "training_sentence": None,
        "signer": None,
        "certificates": [],
        "time_stamp": None,
        "identity": "none",
        "identity_codes": [],
        "ai": {"use": "unknown", "evidence": []},
        "do_not_train": None,
        "generator": None,
        "codes": [],
        "notes": [],
        "not_checked": [],
        "tree": None,
        "remote_url": None,
        "error": None,
        "details": [],
    }
    if reading.error == "ManifestNotFound":
        return {**record, "credentials": "absent", "sentence": wording.ABSENT}
    if _REMOTE in reading.message:
        url = shown(reading.message.partition(_REMOTE)[2].strip(), longest=300)
        return {
            **record,
            "credentials": "remote_not_fetched",
            "remote_url": url,
            "identity": "not_checked",
            "not_checked": [wording.not_checked("remote-manifest")],
            "sentence": wording.REMOTE,
        }
    kind = reading.error or "Other"
    return {
        **record,
        "credentials": "unreadable",
        "error": {"kind": kind, "message": shown(reading.message)},
        "sentence": wording.unreadable(kind, reading.message),
    }
