"""Warning a party before a suspension can be proposed: the words kept, and sent, at once."""

from __future__ import annotations

from django.db import transaction

from probity.accounts.actors import Actor
from probity.cases.models import CATEGORY_WORDS, Case, Category, Report
from probity.contests.misuse import counted, warning_give
from probity.contests.models import MisuseWarning
from probity.contests.party import PartyOf
from probity.core.errors import Conflict
from probity.notices.kinds import Kind
from probity.notices.models import Party
from probity.notices.services import notice_send, party_language, received_values

OCCURRENCES = {
    "en": "In the last {days} days, {count} times something was found to be beyond doubt unlawful "
    "or unfounded.",
    "de": "In den letzten {days} Tagen wurde {count}-mal zweifelsfrei festgestellt, dass etwas "
    "rechtswidrig oder unbegründet war.",
}
UPLOADER_NEXT = {
    "en": "If it goes on, your account can be suspended for a time. A person decides that, and a "
    "second one has to agree.",
    "de": "Wenn es so weitergeht, kann Ihr Konto für eine Zeit gesperrt werden. Das entscheidet "
    "eine Person, und eine zweite muss zustimmen.",
}
SENDER_NEXT = {
    "en": "If it goes on, your reports and complaints may not be processed for a time. A person "
    "decides that, and a second one has to agree.",
    "de": "Wenn es so weitergeht, werden Ihre Meldungen und Beschwerden für eine Zeit womöglich "
    "nicht bearbeitet. Das entscheidet eine Person, und eine zweite muss zustimmen.",
}


@transaction.atomic
def misuse_warn(*, party: PartyOf, reason: str, actor: Actor) -> MisuseWarning:
    """Warn a party: the words are kept, and sent in the case that counted last.

    Raises Conflict while too little counts or a warning stands, NotAllowed, InvalidInput.
    """
    warning = warning_give(party=party, text=reason, actor=actor)
    last = _last(party)
    to = Party.UPLOADER if party.uploader else Party.REPORTER
    report = None if party.uploader else (party.reporter or _report_of(party))
    case = report.case if report else last
    language = party_language(case=case, to=to, report=report)
    language = language if language in OCCURRENCES else "en"
    said = OCCURRENCES[language].format(days=warning.window_days, count=warning.counted)
    values = {
        "occurrences": said,
        "consequence": (UPLOADER_NEXT if party.uploader else SENDER_NEXT)[language],
        "reason": warning.text,
    }
    if report:
        words = CATEGORY_WORDS[Category(report.category)]
        values |= received_values(report=report, language=language, category=words)
    notice_send(
        case=case, to=to, report=report, key=f"warning:{warning.pk}", actor=actor.name,
        kind=Kind.WARNING_UPLOADER if party.uploader else Kind.WARNING_REPORTER,
        language=language, values=values,
        email=party.sender.email if party.sender else "",
    )  # fmt: skip
    return warning


def _last(party: PartyOf) -> Case:
    row = counted(party).select_related("case").first()
    if row is None:
        raise Conflict("Nothing counts against this party now.")
    return row.case


def _report_of(party: PartyOf) -> Report | None:
    """The organisation's latest report that counted."""
    for row in counted(party):
        report = Report.objects.filter(pk=row.subject).first()
        if report:
            return report
    return Report.objects.filter(sender=party.sender).order_by("-received_at").first()
