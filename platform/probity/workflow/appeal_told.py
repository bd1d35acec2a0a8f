"""What whoever contested a decision hears: that it arrived, and what became of it (art. 20(5))."""

from __future__ import annotations

from probity.contests.models import Appeal, AppealRuling
from probity.contests.words import Outcome, Side
from probity.notices.kinds import Kind
from probity.notices.languages import language_of
from probity.notices.models import Party
from probity.notices.services import notice_send, party_language
from probity.notices.wording import day

#: By language, since each is a whole sentence.
OUTCOMES = {
    "en": {
        Outcome.UPHELD: "A person who took no part in the decision looked at it again. It stands.",
        Outcome.REVERSED: "A person who took no part in the decision reversed it.",
        Outcome.CHANGED: "A person who took no part in the decision changed it.",
    },
    "de": {
        Outcome.UPHELD: (
            "Eine Person, die an der Entscheidung nicht beteiligt war, hat sie erneut geprüft. "
            "Sie bleibt bestehen."
        ),
        Outcome.REVERSED: (
            "Eine Person, die an der Entscheidung nicht beteiligt war, hat sie aufgehoben."
        ),
        Outcome.CHANGED: (
            "Eine Person, die an der Entscheidung nicht beteiligt war, hat sie geändert."
        ),
    },
}


def appeal_confirm(*, appeal: Appeal, actor: str) -> None:
    """Say that it arrived."""
    language = _language(appeal)
    notice_send(
        case=appeal.case, kind=Kind.APPEAL_RECEIPT, to=_party(appeal), report=appeal.report,
        decision=appeal.decision, key=f"appeal:{appeal.pk}:receipt", actor=actor,
        language=language, email=appeal.email,
        values={"appealed_on": day(appeal.received_at, language)},
    )  # fmt: skip


def appeal_tell(*, appeal: Appeal, ruling: AppealRuling, actor: str) -> None:
    """Say what became of it and why; once per ruling."""
    language = _language(appeal)
    notice_send(
        case=appeal.case, kind=Kind.APPEAL_OUTCOME, to=_party(appeal), report=appeal.report,
        decision=appeal.decision, key=f"appeal:{appeal.pk}:{ruling.pk}", actor=actor,
        language=language, email=appeal.email,
        values={
            "outcome": OUTCOMES[language][Outcome(ruling.outcome)],
            "reason": ruling.reason,
            "appealed_on": day(appeal.received_at, language),
        },
    )  # fmt: skip


def _party(appeal: Appeal) -> Party:
    return Party.UPLOADER if appeal.side == Side.UPLOADER else Party.REPORTER


def _language(appeal: Appeal) -> str:
    """The language it was written in where it is complete here, else the party's."""
    if appeal.language and language_of(appeal.language) in OUTCOMES:
        return language_of(appeal.language)
    known = party_language(case=appeal.case, to=_party(appeal), report=appeal.report)
    return known if known in OUTCOMES else "en"
