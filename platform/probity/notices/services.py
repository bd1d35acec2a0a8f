"""Writing a notice to one party: the exact words kept, sent by mail where there is an address."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import uuid4

from django.db import transaction
from django.urls import reverse

from probity.audit.commitments import commit_to
from probity.audit.services import case_chain, event_append
from probity.cases.models import Case, Report
from probity.cases.receipts import receipt_token
from probity.core.clock import now
from probity.decisions.models import Decision
from probity.outbox.models import Message
from probity.outbox.services import mail_queue

from .filling import text_fill
from .guard import without_reporters
from .kinds import SHAPES, Kind
from .languages import language_of
from .models import LINK_GONE, PRIVATE_LINK, Notice, Party, PrivatePage, TextVersion, Way, Why
from .receipts import page_digest, page_token
from .selectors import hold_on, text_current
from .shipped import Text
from .statements import page_said, redress_said
from .wording import day, platform_said

#: What a mail of each kind is called in the outbox.
MAIL_KINDS = {Kind.STATEMENT: "decision.statement", Kind.DECIDED: "decision.notice"}
#: What is filled in where it is sent, not where it is written.
LATE = ("platform", "case", "page", "redress")


@transaction.atomic
def notice_send(
    *,
    case: Case,
    kind: Kind,
    to: Party,
    key: str,
    actor: str,
    values: Mapping[str, str] | None = None,
    report: Report | None = None,
    decision: Decision | None = None,
    language: str = "",
    email: str = "",
    withheld: Why = Why.NONE,
) -> Notice | None:
    """Write a notice down, in the caller's transaction; the mail leaves once that has committed.

    ``to`` a reporter needs the ``report``; the uploader is the case's. ``values`` fill the kind's
    placeholders (see ``kinds``), save those of LATE. ``email`` is an address that the party gave
    elsewhere (with a complaint). The same ``key`` a second time gives the first notice back.
    Without an address the private page alone has it, and the row says so. ``withheld``, or a hold
    on telling, keeps it back: the row says why. None for a demonstration, which nobody is told of.
    Raises KeyError for a placeholder without a value.
    """
    if case.demonstration:
        return None
    earlier = Notice.objects.filter(key=key).first()
    if earlier is not None:
        return earlier
    language = language or party_language(case=case, to=to, report=report)
    held = withheld or (Why.HELD if hold_on(case=case, to=to) else Why.NONE)
    draft = Notice(
        id=uuid4(), case=case, kind=kind, to=to, report=report, decision=decision, key=key,
        uploader=case.uploader if to == Party.UPLOADER else None, language=language, at=now(),
    )  # fmt: skip
    given = _guarded(case, to, dict(values or {}))
    if held:
        return _withhold(draft, why=held, values=given, actor=actor)
    return _send(draft, values=given, email=email or _address(draft), actor=actor)


def _withhold(draft: Notice, *, why: Why, values: dict[str, str], actor: str) -> Notice:
    draft.way, draft.why, draft.values = Way.WITHHELD, why, values
    draft.save(force_insert=True)
    event_append(
        chain=case_chain(draft.case_id),
        name="notice.withheld",
        actor=actor,
        payload={"notice": str(draft.pk), "kind": draft.kind, "to": draft.to, "why": draft.why},
    )
    return draft


def _send(draft: Notice, *, values: Mapping[str, str], email: str, actor: str) -> Notice:
    text, wording = text_current(Kind(draft.kind), draft.language)
    page = _page(draft)
    filled = text_fill(text=text, values={**values, **_late(draft, page)})
    draft.wording, draft.subject, draft.text = wording, filled.subject, filled.body
    message = _mail(draft, email, actor) if email else None
    draft.message = message
    draft.way, draft.why = (Way.MAIL, Why.NONE) if message else (Way.PAGE, Why.NO_CONTACT)
    draft.digest, draft.salt = commit_to(committed(Text(draft.subject, draft.text)))
    draft.save(force_insert=True)
    event_append(
        chain=case_chain(draft.case_id),
        name="notice.sent",
        actor=actor,
        payload={
            "notice": str(draft.pk), "kind": draft.kind, "to": draft.to, "way": draft.way,
            "why": draft.why, "language": draft.language, "digest": draft.digest,
        },
    )  # fmt: skip
    return draft


def notice_release(*, withheld: Notice, actor: str) -> Notice:
    """Send what was held back, now and with what is true now (in the caller's transaction)."""
    later = Notice(
        id=uuid4(), case=withheld.case, kind=withheld.kind, to=withheld.to, report=withheld.report,
        decision=withheld.decision, uploader=withheld.uploader, language=withheld.language,
        key=f"{withheld.key}:later"[:200], at=now(), after=withheld,
    )  # fmt: skip
    return _send(later, values=withheld.values, email=_address(later), actor=actor)


def committed(text: Text) -> str:
    """What the log's commitment stands for: the words without the secret address in them, so that
    whoever checks them need not be let in."""
    return PRIVATE_LINK.sub(LINK_GONE, f"{text.subject}\n\n{text.body}")


def party_language(*, case: Case, to: Party, report: Report | None) -> str:
    """The party's language as far as it is known and complete here, else English."""
    if to == Party.UPLOADER:
        return language_of(case.uploader.language if case.uploader else "", case.language)
    return language_of(report.language if report else "")


@transaction.atomic
def page_open(*, case: Case) -> tuple[PrivatePage, str]:
    """The uploader's private page of a case and its secret, made when there is none."""
    page = PrivatePage.objects.filter(case=case).first()
    if page is None:
        key = uuid4()
        page = PrivatePage(
            id=key, case=case, receipt_digest=page_digest(page_token(key)), opened_at=now()
        )
        page.save(force_insert=True)
    return page, page_token(page.pk)


def _page(draft: Notice) -> str:
    if draft.to == Party.UPLOADER:
        _, token = page_open(case=draft.case)
        return reverse("uploader-page", args=[token])
    if draft.report is None:
        raise ValueError("A notice to a reporter names the report.")
    return reverse("status", args=[receipt_token(draft.report.pk)])


def _late(draft: Notice, path: str) -> dict[str, str]:
    last = draft.kind == Kind.APPEAL_OUTCOME
    needed = SHAPES[Kind(draft.kind)].must
    return {
        "platform": platform_said(draft.language),
        "case": draft.case.label,
        "page": page_said(path, draft.language),
        "redress": redress_said(language=draft.language, last=last) if "redress" in needed else "",
    }


def _guarded(case: Case, to: Party, values: dict[str, str]) -> dict[str, str]:
    """What goes to an uploader carries nothing of a reporter, whoever wrote it."""
    kept = {name: value for name, value in values.items() if name not in LATE}
    if to == Party.REPORTER:
        return kept
    return {name: without_reporters(case=case, text=value) for name, value in kept.items()}


def _address(draft: Notice) -> str:
    if draft.to == Party.UPLOADER:
        return draft.uploader.email if draft.uploader else ""
    contact = getattr(draft.report, "contact", None)
    return contact.email if contact else ""


def _mail(draft: Notice, to: str, actor: str) -> Message:
    kind = Kind(draft.kind)
    return mail_queue(
        kind=MAIL_KINDS.get(kind, f"notice.{kind}"), to=to, subject=draft.subject, text=draft.text,
        key=f"notice:{draft.key}", actor=actor, about=subject_of(draft),
        chain=case_chain(draft.case_id), headers={"Content-Language": draft.language},
    )  # fmt: skip


def subject_of(notice: Notice) -> str:
    """How the outbox names what a message is about, so that an erasure finds it."""
    if notice.to == Party.REPORTER:
        return f"report:{notice.report_id}"
    return f"uploader:{notice.uploader_id}" if notice.uploader_id else f"notice:{notice.pk}"


def wording_of(notice: Notice) -> str:
    """Which words were used, for people: a saved version by its number, or the shipped ones."""
    row: TextVersion | None = notice.wording
    return "the shipped text" if row is None or row.shipped else f"version {row.number}"


def received_values(*, report: Report, language: str, category: str) -> dict[str, str]:
    """What every notice to a reporter says of the report."""
    return {"received_on": day(report.received_at, language), "category": category}
