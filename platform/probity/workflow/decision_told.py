"""Who hears of a decision: the platform by webhook, the reporters who left an address by mail."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.urls import reverse

from probity.audit.services import case_chain
from probity.cases.models import Case, Report
from probity.cases.receipts import receipt_token
from probity.core.addresses import public_address
from probity.decisions.models import Action, Decision
from probity.decisions.statements import MEASURES
from probity.outbox.services import mail_queue, webhooks_queue

KIND = "decision.made"
NOTICE = "decision.notice"
AGAIN = " again; this replaces what was decided before"
NOTICE_TEXT = """\
On {on} you reported something to {platform}. It became the case {case}.

A person decided about it{again}.
{measure}
No automated means took this decision.

{page}If you disagree, you can complain to {platform}, free of charge, within six months;
somebody else will look at it. You can also bring the matter before a certified
out-of-court settlement body (Digital Services Act, art. 21) or a court.

You get this because you left your address with the report. It is used for nothing else.
"""


def decision_tell(*, decision: Decision, actor: str) -> None:
    """Write down what leaves because of a decision, in the decision's own transaction.

    The webhook carries what the platform needs to act and nothing of who reported or why (the
    reason is free text); the mail says what was decided, and not what the media shows.
    """
    case = decision.case
    if case.demonstration:
        return
    webhooks_queue(
        kind=KIND, data=decision_data(decision), key=f"decision:{decision.pk}", actor=actor,
        about=f"decision:{decision.pk}", chain=case_chain(case.pk),
    )  # fmt: skip
    for report in case.reports.select_related("contact").exclude(contact__email=""):
        contact = getattr(report, "contact", None)
        if contact is None:
            continue
        mail_queue(
            kind=NOTICE, to=contact.email, subject=f"{case.label}: {_subject(decision)}",
            text=notice_text(decision=decision, report=report),
            key=f"decision:{decision.pk}:{report.pk}", actor=actor, about=f"report:{report.pk}",
            chain=case_chain(case.pk),
        )  # fmt: skip


def decision_data(decision: Decision) -> dict[str, Any]:
    """The ``data`` of the webhook."""
    case = decision.case
    return {
        "decision": str(decision.pk),
        "supersedes": str(decision.supersedes_id) if decision.supersedes_id else None,
        "decided_at": decision.at.isoformat(),
        "case": {"id": str(case.pk), "number": case.label, "category": case.category},
        "action": decision.action,
        "places": list(case.places) if decision.action == Action.RESTRICT else [],
        "rules": list(decision.rules),
        "automated_decision": False,
        "target": _target(case),
    }


def notice_text(*, decision: Decision, report: Report) -> str:
    """The mail to a reporter (DSA art. 16(5) and (6)): what was decided, and what they can do."""
    return NOTICE_TEXT.format(
        platform=settings.PLATFORM_NAME,
        on=f"{report.received_at:%d %B %Y}",
        case=decision.case.label,
        again=AGAIN if decision.supersedes_id else "",
        measure=MEASURES[Action(decision.action)],
        page=_page(report),
    )


def _page(report: Report) -> str:
    address = public_address(reverse("status", args=[receipt_token(report.pk)]))
    return f"Your private page: {address}\n\n" if address else ""


def _subject(decision: Decision) -> str:
    return "a new decision" if decision.supersedes_id else "a decision"


def _target(case: Case) -> dict[str, list[str]]:
    """What the decision is about, as the platform knows it: addresses and digests."""
    reports = list(case.reports.all())
    digests = [item.asset_id for item in case.items.all()]
    digests += [row.claimed_sha256 for row in reports if row.claimed_sha256]
    return {
        "urls": list(dict.fromkeys(row.url for row in reports if row.url)),
        "sha256": list(dict.fromkeys(digests)),
    }
