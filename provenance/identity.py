"""CAWG identity inside the credentials: judged apart from the signature over the file."""

from __future__ import annotations

from dataclasses import dataclass

from provenance import codes
from provenance.history import History

NONE, VERIFIED, FAILED, NOT_CHECKED = "none", "verified", "failed", "not_checked"


@dataclass(frozen=True)
class Identity:
    """``status`` none, verified, failed or not_checked, with the codes that say so."""

    status: str
    codes: tuple[str, ...]


def any_failure(story: History) -> bool:
    """Whether any identity code anywhere in the store reports a failure."""
    everywhere = (*story.by_manifest.values(), *story.by_ingredient.values())
    return any(code.startswith(codes.IDENTITY) for f in everywhere for code in f.failures)


def of(story: History) -> Identity:
    """The identity that the active manifest names.

    Failed: a check ran and did not pass. Not checked: a check needs the network or a list of
    issuers that is not here. Verified only with the code that says so and nothing against it.
    """
    findings = story.on(story.active)
    failures = {code for code in findings.failures if code.startswith(codes.IDENTITY)}
    notes = {code for code in findings.notes if code.startswith(codes.IDENTITY)}
    good = {code for code in findings.good if code.startswith(codes.IDENTITY)}
    told = tuple(sorted(failures | notes))
    if failures - codes.IDENTITY_UNCHECKED:
        return Identity(FAILED, told)
    if (good & codes.IDENTITY_VERIFIED) and not (failures | notes) & codes.IDENTITY_UNCHECKED:
        return Identity(VERIFIED, told)
    if told or good or _named(story):
        return Identity(NOT_CHECKED, told)
    return Identity(NONE, ())


def _named(story: History) -> bool:
    listed = story.manifests.get(story.active, {}).get("assertions")
    return any(
        isinstance(item, dict) and str(item.get("label")).startswith("cawg.identity")
        for item in (listed if isinstance(listed, list) else [])
    )
