"""Putting a bundle together, from the gathered case to a finished file in the store."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path
from typing import Any

from django.conf import settings

from probity.audit.keys import log_verify_key
from probity.cases.models import Case
from probity.core.clock import now

from .archive import Archive, Written
from .certificates import certificate_entries
from .entries import Entry, json_entry, text_entry
from .gather import Gathering
from .models import Export, Profile
from .records import moment
from .report import report_entries
from .requirements import requirements_text

README = """\
Evidence bundle of case {case}
==============================

Made {made_at} for: {recipient}
Purpose: {purpose}

report.html (and report.pdf where it could be made) tells the case in plain words.
case.json, reports/, answers/, evaluations/, decisions/, statements/ are the case's records.
notices/ holds what was told to whom and when, to the letter; who reported is never named.
assets/ holds each file under its SHA-256: the original where it may leave, who touched it, and
  copies and pictures made from it.
runs/ holds each analysis: every finding with the detector's version, parameters, runtime, device,
  input hash, and what it said. cards/ says what each detector can and cannot do.
trust/ lists the certificates by which Content Credentials were judged; packs/ the law as applied.
log/ holds the case's log, the proof that it was in a signed checkpoint, and outside time-stamps.
REQUIREMENTS.txt says which requirements on electronic evidence this bundle meets, and which not.
certificates/ holds templates for a qualified person. redactions.json says what is withheld and why.

To verify without trusting us: python3 verify.py BUNDLE.zip (any Python from 3.9 on, no network).
Use a verify.py that you obtained elsewhere: one inside a forged bundle could be forged as well.
"""


def bundle_write(
    export: Export, *, target: Path, on_step: Callable[[int], None] | None = None
) -> tuple[Written, int]:
    """Write the bundle of an export to a file; how many things were withheld comes second.

    ``on_step`` hears how many files are written, after each and at every MiB of a large one.
    """
    about = _about(export)
    gathering = Gathering(export.case, Profile(export.profile))
    folder = f"{export.case.label}-{export.pk.hex[:8]}"
    archive = Archive(target, folder=folder, on_step=on_step)
    try:
        for entry in gathering.entries():
            archive.add(entry)
        for entry in _closing(export.case, about, gathering):
            archive.add(entry)
        return archive.finish(about, verifier=verifier_source()), len(gathering.redactions)
    finally:
        archive.close()


def _closing(case: Case, about: dict[str, Any], gathering: Gathering) -> list[Entry]:
    """What speaks of the bundle itself, once all of it is known."""
    return [
        text_entry("README.txt", "readme", README.format(**about)),
        json_entry(
            "redactions.json", "redactions",
            [redaction.to_dict() for redaction in gathering.redactions],
        ),
        *certificate_entries(case, about=about, key=about["key"]),
        text_entry("REQUIREMENTS.txt", "readme", requirements_text(case)),
        *report_entries(
            case, about=about, profile=gathering.profile, redactions=gathering.redactions
        ),
    ]  # fmt: skip


def _about(export: Export) -> dict[str, Any]:
    return {
        "format": "probity-bundle/1",
        "export": str(export.pk),
        "case": export.case.label,
        "profile": export.profile,
        "purpose": export.purpose,
        "recipient": export.recipient,
        "why": export.why,
        "made_at": moment(now()),
        "organization": settings.PLATFORM_NAME,
        "key": log_verify_key().text,
    }


def verifier_source() -> bytes:
    """The stdlib-only verifier, as it lies in every bundle."""
    return files("foundation.bundle").joinpath("standalone.py").read_bytes()


def scratch() -> tempfile.TemporaryDirectory[str]:
    """A folder beside the store for a bundle that is not finished."""
    Path(settings.INCOMING).mkdir(mode=0o700, parents=True, exist_ok=True)
    return tempfile.TemporaryDirectory(prefix="bundle-", dir=settings.INCOMING)
