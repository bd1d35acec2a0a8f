"""What the reviewer reads: plain sentences that never say more than was found."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from provenance import declarations

ABSENT = (
    "No Content Credentials. Most files have none, so this says nothing about whether the "
    "content is genuine."
)
REMOTE = (
    "The file names Content Credentials that are kept on a server. Nothing was fetched, so they "
    "were not checked."
)
_NOT_CHECKED = {
    "revocation": "Whether the signer's certificate has been revoked was not checked: that would "
    "need the network.",
    "identity": "The identity named inside the credentials was not checked: that needs the "
    "network or a list of identity issuers.",
    "remote-manifest": REMOTE,
    "certificate": "The signer's certificate could not be read a second time, so its purpose was "
    "not checked.",
    "time-stamp": "Who made the time-stamp was not checked: the file does not hold its "
    "certificates.",
}
_UNREADABLE = {
    "SidecarAlone": "This is a credentials file by itself. It says nothing without the picture, "
    "video or recording that it belongs to: give both.",
    "NotSupported": "Content Credentials cannot be read from this kind of file.",
    "TooLarge": "The Content Credentials in this file are larger than Probity reads.",
    "Io": "The file ends early or is damaged, so its Content Credentials could not be read.",
}


def not_checked(what: str) -> dict[str, str]:
    """``what`` was not checked, with the sentence that says why."""
    return {"what": what, "sentence": _NOT_CHECKED[what]}


def unreadable(kind: str, message: str) -> str:
    """Why credentials could not be read."""
    if "prerelease" in message:
        return (
            "The file holds Content Credentials of a form from before the standard, which is no "
            "longer read."
        )
    return _UNREADABLE.get(
        kind,
        "The file holds something like Content Credentials, or is itself damaged: it could not be "
        "read, so nothing is known about it.",
    )


def of(
    record: Mapping[str, Any], *, lists: Mapping[str, Mapping[str, Any]]
) -> tuple[str, list[str]]:
    """The one sentence and the details for a record that has a manifest."""
    details = [reason["sentence"] for reason in _unique(record["reasons"])]
    details += [lists[name]["note"] for name in record["trusted_by"] if lists[name]["note"]]
    details += [
        sentence
        for sentence in (
            time_sentence(record["time_stamp"]),
            ai_sentence(record["ai"]["use"], verdict=record["verdict"]),
            declarations.training_sentence(record["do_not_train"]),
            identity_sentence(record["identity"]),
        )
        if sentence
    ]
    return _main(record, lists), details


def _main(record: Mapping[str, Any], lists: Mapping[str, Mapping[str, Any]]) -> str:
    name = (record["signer"] or {}).get("organisation") or (record["signer"] or {}).get("name")
    match record["verdict"]:
        case "trusted":
            named = [
                f"{lists[key]['title']} of {lists[key]['date']}" for key in record["trusted_by"]
            ]
            return (
                f"Content Credentials signed by {name or 'a signer without a name'}, trusted "
                f"under the {' and the '.join(named)}; what the signature covers is unchanged."
            )
        case "valid":
            return (
                "Content Credentials that fit the file, by a signer who claims to be "
                f"{name or 'nobody by name'} and stands on no trust list that was asked."
            )
        case _:
            return _invalid(record)


def _invalid(record: Mapping[str, Any]) -> str:
    rules = {reason["rule"] for reason in record["reasons"]}
    own = {code for code in record["codes"] if not code.startswith("ingredient:")}
    if any(code.startswith("assertion.") and "Hash" in code for code in own):
        return (
            "Content Credentials that do not fit the file: it, or they, were changed after "
            "signing, or they belong to another file."
        )
    if "claimSignature.mismatch" in own:
        return "Content Credentials whose signature does not hold: they were changed after signing."
    if "signingCredential.expired" in own:
        return (
            "Content Credentials signed with a certificate that has expired, without a time-stamp "
            "that shows when; they cannot be relied on."
        )
    if "not-valid-that-day" in rules:
        return "Content Credentials whose signer's certificate was not valid on that day."
    if record["ingredients_intact"] is False:
        return (
            "Something that this file was made from does not match its own Content Credentials, so "
            "its history cannot be relied on."
        )
    if rules & {"signer-purpose"} or "signingCredential.invalid" in own:
        return (
            "Content Credentials signed with a certificate that is not made for signing content; "
            "they cannot be relied on."
        )
    return "Content Credentials that did not pass the checks; they cannot be relied on."


def time_sentence(stamp: Mapping[str, Any] | None) -> str | None:
    """What a time-stamp proves."""
    if stamp is None:
        return "No valid time-stamp shows when the credentials were signed."
    authority = (stamp["authority"] or {}).get("organisation") or (stamp["authority"] or {}).get(
        "name"
    )
    if stamp["trusted"]:
        return f"Signed no later than {stamp['time']}, by the time-stamp of {_ended(authority)}"
    return (
        f"A time-stamp says {stamp['time']}, but its authority is on no list that was asked."
        if stamp["trusted"] is False
        else f"A time-stamp says {stamp['time']}; who made it is not known."
    )


def ai_sentence(use: str, *, verdict: str) -> str | None:
    """What the credentials declare of AI; None when there are none."""
    said = {
        declarations.GENERATED: "The credentials declare that the content was generated by AI.",
        declarations.EDITED: "The credentials declare that AI was used on parts of the content.",
        declarations.NONE_DECLARED: "The credentials declare no use of AI; some edits may not have "
        "been recorded.",
    }.get(use)
    if said and verdict == "invalid" and use != declarations.NONE_DECLARED:
        return f"{said} As the credentials did not pass, that is a claim only."
    return said


def identity_sentence(status: str) -> str | None:
    """What became of the identity inside; None when there is nothing to say."""
    return {
        "verified": "The identity named inside the credentials was verified.",
        "failed": "The identity named inside the credentials did not pass its own check.",
    }.get(status)


def list_sentence(*, verdict: str, anchor: str | None, allowed: bool) -> str:
    """What one list says."""
    if verdict == "trusted" and not allowed:
        return f"Trusted: the signer's certificate leads to {_ended(anchor)}"
    return {
        "trusted": "Trusted: the signer's own certificate stands on this list.",
        "valid": "The credentials fit the file; the signer does not stand on this list.",
        "invalid": "The credentials did not pass the checks.",
    }[verdict]


def _ended(name: str | None) -> str:
    """A name at the end of a sentence: "Inc." already brings its full stop."""
    text = name or "an authority without a name"
    return text if text.endswith(".") else f"{text}."


def _unique(reasons: list[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    return list({reason["sentence"]: reason for reason in reasons}.values())
