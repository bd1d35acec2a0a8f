"""Telling leads that time runs out, or that somebody wants their eyes on a case."""

from __future__ import annotations

from django.conf import settings
from django.urls import reverse

from probity.audit.services import case_chain
from probity.core.addresses import public_address
from probity.core.clock import now
from probity.outbox.services import mail_queue, webhooks_queue

from .models import Case, Clock

MAIL = "clock.escalation"
CLOCK_TEXT = """\
{case} in the queue "{queue}": {what}

{title}
Due {due:%d %B %Y, %H:%M} UTC.

{page}This goes to the addresses in PROBITY_ESCALATION_MAIL.
"""
CASE_TEXT = """\
{case} in the queue "{queue}" was escalated. Why is written on its page.

{page}This goes to the addresses in PROBITY_ESCALATION_MAIL.
"""
WORDS = {
    "clock.warned": "three quarters of a deadline's time are gone.",
    "clock.breached": "a deadline has passed.",
}


def clock_escalate(*, clock: Clock, kind: str) -> None:
    """Write down the webhook of a warning or a breach, and for a breach the mail to the leads."""
    case = clock.case
    if case.demonstration:
        return
    data = {
        "clock": str(clock.pk),
        "case": _case_data(case),
        "rule": clock.rule,
        "duty": clock.duty,
        "due": clock.due_at.isoformat(),
        "own_target": clock.service,
    }
    webhooks_queue(
        kind=kind, data=data, key=f"{kind}:{clock.pk}", actor="system", about=f"case:{case.pk}",
        chain=case_chain(case.pk),
    )  # fmt: skip
    if kind == "clock.breached":
        text = CLOCK_TEXT.format(
            case=case.label, queue=case.queue.title, what=WORDS[kind], title=clock.title,
            due=clock.due_at, page=_page(case),
        )  # fmt: skip
        _mail(case, subject=f"{case.label}: a deadline has passed", text=text, key=str(clock.pk))


def case_escalated_tell(*, case: Case, actor: str) -> None:
    """Write down the webhook and the mail that a case was escalated."""
    if case.demonstration:
        return
    at = (case.escalated_at or now()).isoformat()
    key = f"case.escalated:{case.pk}:{at}"
    webhooks_queue(
        kind="case.escalated", data={"case": _case_data(case), "escalated_at": at}, key=key,
        actor=actor, about=f"case:{case.pk}", chain=case_chain(case.pk),
    )  # fmt: skip
    text = CASE_TEXT.format(case=case.label, queue=case.queue.title, page=_page(case))
    _mail(case, subject=f"{case.label}: escalated", text=text, key=f"{case.pk}:{at}")


def _mail(case: Case, *, subject: str, text: str, key: str) -> None:
    for number, address in enumerate(settings.ESCALATION_MAIL):
        mail_queue(
            kind=MAIL, to=address, subject=subject, text=text, key=f"escalation:{key}:{number}",
            actor="system", about=f"case:{case.pk}", chain=case_chain(case.pk),
        )  # fmt: skip


def _case_data(case: Case) -> dict[str, str]:
    return {"id": str(case.pk), "number": case.label, "queue": case.queue.key}


def _page(case: Case) -> str:
    address = public_address(reverse("case", args=[case.pk]))
    return f"{address}\n\n" if address else ""
