"""Holds, grounds and outcomes in plain words, the same for staff and for those who asked."""

from __future__ import annotations

from probity.keeping.models import (
    ErasureRequest,
    ErasureState,
    Ground,
    HoldKind,
    LegalHold,
    Requester,
)
from probity.web.words import absolute, joined

HOLD_WORDS: dict[str, str] = {
    HoldKind.COURT_ORDER: "Court order",
    HoldKind.PRESERVATION: "Preservation request",
    HoldKind.LITIGATION: "Litigation",
    HoldKind.AUTHORITY: "Authority’s investigation",
}
REQUESTER_WORDS: dict[str, str] = {
    Requester.REPORTER: "Reporter",
    Requester.UPLOADER: "Uploader",
    Requester.DEPICTED: "Person shown",
}
GROUND_WORDS: dict[str, str] = {
    Ground.LAW: "A law obliges us to keep it (GDPR art. 17(3)(b))",
    Ground.CLAIMS: "It is needed for legal claims (GDPR art. 17(3)(e))",
    Ground.EXPRESSION: "Freedom of expression and information outweighs (GDPR art. 17(3)(a))",
    Ground.NEEDED: "It is still needed for what it was given for (GDPR art. 17(1)(a))",
    Ground.NOT_THEIRS: "It cannot be shown to be about the one who asks (GDPR art. 12(6))",
    Ground.EXCESSIVE: "The request is manifestly unfounded or excessive (GDPR art. 12(5))",
}
STATE_WORDS = {
    ErasureState.ASKED: "Waits for a decision",
    ErasureState.REFUSED: "Refused",
    ErasureState.APPROVED: "Being erased",
    ErasureState.HELD: "Waits for a legal hold to end",
    ErasureState.PARTLY: "Erased in part",
    ErasureState.DONE: "Erased",
}
STATE_ICONS = {
    ErasureState.ASKED: "clock-later",
    ErasureState.REFUSED: "failed",
    ErasureState.APPROVED: "clock-near",
    ErasureState.HELD: "lock",
    ErasureState.PARTLY: "abstained",
    ErasureState.DONE: "ok",
}


def covers(row: ErasureRequest) -> str:
    """``the report and 2 files``."""
    parts = []
    if row.reports:
        count = len(row.reports)
        parts.append("the report" if count == 1 else f"{count} reports")
    if row.assets:
        count = len(row.assets)
        parts.append("one file" if count == 1 else f"{count} files")
    return joined(parts)


def outcome(row: ErasureRequest) -> str:
    """What became of a request, as the one who asked may read it: of a hold only that there is."""
    if row.state == ErasureState.ASKED:
        longer = f" It takes longer because: {row.extended_why}" if row.extended_why else ""
        return f"A person decides about it by {absolute(row.due_at)}.{longer}"
    if row.state == ErasureState.REFUSED:
        return (
            f"{GROUND_WORDS[Ground(row.ground)]}. {row.reason} You can complain to a data "
            "protection authority, or go to court (GDPR art. 77 and 79)."
        )
    if row.state == ErasureState.APPROVED:
        return "It was granted. The data are being erased now."
    if row.state == ErasureState.HELD:
        return (
            "It was granted, but a legal duty obliges us to keep the data for now. They are not "
            "used for anything else, and are erased by themselves once that duty ends."
        )
    if row.state == ErasureState.PARTLY:
        return (
            "What we hold because of this case is erased. Other cases still need a file that was "
            "also reported there; only that file is kept, for them alone, and it is erased once "
            "none of them needs it."
        )
    return (
        "All that was asked for is erased, backups included as soon as one is ever restored. The "
        "log keeps sealed fingerprints that open to nothing any more."
    )


def hold_sentence(row: LegalHold) -> str:
    """``Court order on the whole case, without an end``."""
    what = "one file" if row.asset_id else "the whole case"
    until = f"until {absolute(row.until)}" if row.until else "without an end"
    return f"{HOLD_WORDS[HoldKind(row.kind)]} on {what}, {until}"
