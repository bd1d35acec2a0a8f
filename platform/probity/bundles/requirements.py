"""What electronic evidence is asked to be, and whether this bundle is it: said plainly.

The list gathers ISO/IEC 27037, the Berkeley Protocol on Digital Open Source Investigations, FRE 902
and the Bharatiya Sakshya Adhiniyam, as far as they ask something of a system.
"""

from __future__ import annotations

from collections.abc import Iterator

from probity.audit.proofs import inclusion_of
from probity.audit.services import case_chain
from probity.cases.models import Case

YES, NO, PARTLY = "met", "NOT met", "partly met"


def requirements_text(case: Case) -> str:
    """One line each: number, met or not, what and how."""
    lines = [
        "What electronic evidence is asked to be, and how far this bundle is it",
        "=====================================================================",
        "",
        *(f"E{number:<3}{state:<11} {words}" for number, state, words in _rows(case)),
    ]
    return "\n".join(lines) + "\n"


def _rows(case: Case) -> Iterator[tuple[int, str, str]]:
    proof = inclusion_of(case_chain(case.pk))
    stamped = bool(proof and proof.checkpoint.stamps.exists())
    checked = all(item.asset.fixity.exists() for item in case.items.select_related("asset"))
    yield (
        1,
        YES,
        "Originals are stored once under their SHA-256; copies are derivatives.",
    )
    yield 2, YES, "The SHA-256 is computed on receipt, before anything decodes the file."
    yield (
        3,
        PARTLY,
        (
            "Receipt, analysis, reveal and export are custody events with time (UTC, the server's "
            "clock) and actor; the network address and the legal basis of each are not recorded."
        ),
    )
    yield 4, YES, "The log is hash-linked and append-only; the serving role cannot change it."
    yield (
        5,
        YES if stamped else NO,
        (
            "An outside authority time-stamped the checkpoint (RFC 3161)."
            if stamped
            else "No outside authority time-stamped the checkpoint: none is configured, or none "
            "answered."
        ),
    )
    yield 6, YES, "verify.py checks offline with one command and says what it could not check."
    yield (
        7,
        PARTLY,
        (
            "Each finding has detector version, parameters, resource digests, runtime, device and "
            "input hash; `probity bundle reproduce` repeats it. The lock file's digest is not kept."
        ),
    )
    yield 8, YES, "Each decision has its reason, rules, policy pack digests and jurisdictions."
    yield (
        9,
        PARTLY,
        (
            "cards/ states measured error rates where there are any, else “not calibrated”. "
            "Drift is not measured."
        ),
    )
    yield (
        10,
        YES,
        "No score is a finding of fact; abstaining detectors are included.",
    )
    yield (
        11,
        PARTLY,
        (
            "Status codes, trust lists with digests and dates, chains and the raw manifest store "
            "are included; revocation was not asked for online."
        ),
    )
    yield (
        12,
        PARTLY,
        (
            "People appear under a pseudonym that stays the same; training, conflicts of interest "
            "and a blind second opinion are not recorded."
        ),
    )
    yield 13, YES, "certificates/ holds templates for FRE 902(13), (14) and BSA s. 63, unsigned."
    yield 14, YES, "Legal holds beat retention and erasure; a ledger outlives any restored backup."
    yield 15, YES, "The log holds salted commitments; erasing destroys value and salt."
    yield (
        16,
        PARTLY,
        (
            "The export has id, recipient, purpose and reasons for what is withheld; copies carry "
            "no visible mark of the export."
        ),
    )
    yield (
        17,
        YES if _pdf() else PARTLY,
        (
            "BagIt in a ZIP, canonical JSON, model cards, verifier, plain README"
            + (", report as PDF/UA." if _pdf() else "; the report is HTML: no PDF library.")
        ),
    )
    yield (
        18,
        YES if checked else PARTLY,
        (
            "Originals are hashed again on a schedule; "
            + ("each of this case's was." if checked else "not every one of this case's was yet.")
        ),
    )


def _pdf() -> bool:
    from .report import pdf_of

    return pdf_of("<html lang=en><title>x</title><p>x</p></html>") is not None
