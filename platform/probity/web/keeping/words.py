"""Holds, grounds and outcomes in plain words, the same for staff and for those who asked."""

from __future__ import annotations

from django.utils.translation import gettext

from probity.keeping.models import (
    ErasureRequest,
    ErasureState,
    Ground,
    HoldKind,
    LegalHold,
    Requester,
)
from probity.keeping.notes import WAITS
from probity.web.language.later import later
from probity.web.words import absolute, joined, plural

HOLD_WORDS: dict[str, str] = {
    HoldKind.COURT_ORDER: later("Court order"),
    HoldKind.PRESERVATION: later("Preservation request"),
    HoldKind.LITIGATION: later("Litigation"),
    HoldKind.AUTHORITY: later("Authority’s investigation"),
}
REQUESTER_WORDS: dict[str, str] = {
    Requester.REPORTER: later("Reporter"),
    Requester.UPLOADER: later("Uploader"),
    Requester.DEPICTED: later("Person shown"),
}
GROUND_WORDS: dict[str, str] = {
    Ground.LAW: later("A law obliges us to keep it (GDPR art. 17(3)(b))"),
    Ground.CLAIMS: later("It is needed for legal claims (GDPR art. 17(3)(e))"),
    Ground.EXPRESSION: later(
        "Freedom of expression and information outweighs (GDPR art. 17(3)(a))"
    ),
    Ground.NEEDED: later("It is still needed for what it was given for (GDPR art. 17(1)(a))"),
    Ground.NOT_THEIRS: later("It cannot be shown to be about the one who asks (GDPR art. 12(6))"),
    Ground.EXCESSIVE: later("The request is manifestly unfounded or excessive (GDPR art. 12(5))"),
}
STATE_WORDS = {
    ErasureState.ASKED: later("Waits for a decision"),
    ErasureState.REFUSED: later("Refused"),
    ErasureState.APPROVED: later("Being erased"),
    ErasureState.HELD: later("Waits for a legal hold to end"),
    ErasureState.PARTLY: later("Erased in part"),
    ErasureState.DONE: later("Erased"),
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
    if row.requester == Requester.UPLOADER:
        parts.append(gettext("what is kept of the account and its appeals"))
    if row.reports:
        count = len(row.reports)
        parts.append(gettext("the report") if count == 1 else f"{count} reports")
    if row.assets:
        count = len(row.assets)
        parts.append(gettext("one file") if count == 1 else plural(count, "file", "files"))
    return joined(parts)


def outcome(row: ErasureRequest) -> str:
    """What became of a request, as the one who asked may read it: of a hold only that there is."""
    if row.state == ErasureState.ASKED:
        longer = (
            gettext(" It takes longer because: {extended_why}").format(
                extended_why=row.extended_why
            )
            if row.extended_why
            else ""
        )
        return gettext("A person decides about it by {due_at}.{longer}").format(
            due_at=absolute(row.due_at), longer=longer
        )
    if row.state == ErasureState.REFUSED:
        return gettext(
            "{ground_words}. {reason} You can complain to a data protection "
            "authority, or go to court (GDPR art. 77 and 79)."
        ).format(ground_words=GROUND_WORDS[Ground(row.ground)], reason=row.reason)
    if row.state == ErasureState.APPROVED:
        return gettext("It was granted. The data are being erased now.")
    if row.state == ErasureState.HELD:
        return gettext(
            "It was granted, but a legal duty obliges us to keep the data for now. They are not "
            "used for anything else, and are erased by themselves once that duty ends."
        )
    if row.state == ErasureState.PARTLY and not row.kept:
        return gettext(
            "What we hold because of this is erased, and so are the notes that name you. A person "
            "still looks at other notes on the case; what nobody keeps is erased within {days} "
            "days."
        ).format(days=WAITS.days)
    if row.state == ErasureState.PARTLY:
        return gettext(
            "What we hold because of this case is erased. Other cases still need a file that was "
            "also reported there; only that file is kept, for them alone, and it is erased once "
            "none of them needs it."
        )
    return gettext(
        "All that was asked for is erased, backups included as soon as one is ever restored. The "
        "log keeps sealed fingerprints that open to nothing any more."
    )


def hold_sentence(row: LegalHold) -> str:
    """``Court order on the whole case, without an end``."""
    what = gettext("one file") if row.asset_id else gettext("the whole case")
    until = f"until {absolute(row.until)}" if row.until else gettext("without an end")
    return gettext("{hold_words} on {what}, {until}").format(
        hold_words=HOLD_WORDS[HoldKind(row.kind)], what=what, until=until
    )
