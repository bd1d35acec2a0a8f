"""Opening cases, receiving reports into them, moving their state."""

from __future__ import annotations

from uuid import UUID, uuid4

from django.db import connection, transaction

from probity.accounts.models import Person
from probity.audit.commitments import commit_to
from probity.audit.services import case_chain, event_append
from probity.core.clock import now
from probity.core.errors import Conflict
from probity.core.vetoes import vetoes_ask
from probity.evidence.models import Asset
from probity.outbox.services import messages_forget

from .models import Case, CaseState, EvidenceItem, IdempotencyKey, Report, ReporterContact
from .notice import Notice
from .receipts import receipt_digest, receipt_token

MOVES = {
    CaseState.OPEN: {CaseState.IN_REVIEW},
    CaseState.IN_REVIEW: {CaseState.OPEN, CaseState.DECIDED},
    CaseState.DECIDED: {CaseState.IN_REVIEW},
}


@transaction.atomic
def case_open(*, case_id: UUID, notice: Notice, actor: str) -> Case:
    """Open a case for a notice."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('cases_number')")
        number = cursor.fetchone()[0]
    case = Case(
        id=case_id,
        number=number,
        category=notice.category,
        places=notice.places,
        opened_at=now(),
    )
    case.save(force_insert=True)
    event_append(
        chain=case_chain(case.pk),
        name="case.opened",
        actor=actor,
        payload={
            "case": str(case.pk),
            "number": case.number,
            "category": case.category,
            "places": case.places,
        },
    )
    return case


@transaction.atomic
def report_add(*, case: Case, notice: Notice, channel: str, actor: str) -> tuple[Report, str]:
    """Write a report into a case; return it with its receipt token, which is kept nowhere."""
    digests, salts = {}, {}
    for name in ("explanation", "email", "url"):
        value = getattr(notice, name)
        digests[name], salts[name] = commit_to(value) if value else ("", "")
    report_id = uuid4()
    token = receipt_token(report_id)
    moment = now()
    report = Report(
        id=report_id,
        case=case,
        channel=channel,
        category=notice.category,
        explanation=notice.explanation,
        url=notice.url,
        claimed_sha256=notice.sha256,
        places=notice.places,
        depicted=notice.depicted,
        good_faith=notice.good_faith,
        signed=bool(notice.signature),
        received_at=moment,
        request_valid_at=moment if notice.statutory else None,
        receipt_digest=receipt_digest(token),
        salts={name: salt for name, salt in salts.items() if salt},
    )
    report.save(force_insert=True)
    if notice.email or notice.signature:
        ReporterContact.objects.create(
            report=report, email=notice.email, signature=notice.signature
        )
    event_append(
        chain=case_chain(case.pk),
        name="report.received",
        actor=actor,
        payload={
            "report": str(report.pk),
            "channel": channel,
            "explanation": digests["explanation"],
            "depicted": notice.depicted,
            "contact": digests["email"],
            "url": digests["url"],
            "valid_request": notice.statutory,
        },
    )
    if report.request_valid_at:
        event_append(
            chain=case_chain(case.pk),
            name="request.valid",
            actor=actor,
            payload={"report": str(report.pk), "at": moment.isoformat()},
        )
    return report, token


@transaction.atomic
def case_join(*, case: Case, report: Report, actor: str) -> Case:
    """Note that a report of the very same file came to a locked case; its places count too."""
    event_append(
        chain=case_chain(case.pk),
        name="report.joined",
        actor=actor,
        payload={"report": str(report.pk), "reports": case.reports.count()},
    )
    places = list(dict.fromkeys([*case.places, *report.places]))
    return case_places_set(case=case, places=places, actor=actor)


@transaction.atomic
def item_add(*, case: Case, asset: Asset, report: Report) -> EvidenceItem:
    """Attach an asset to a case; an asset already there stays once."""
    item, _ = EvidenceItem.objects.get_or_create(
        case=case, asset=asset, defaults={"report": report, "added_at": now()}
    )
    return item


@transaction.atomic
def idempotency_keep(*, person: Person, key: str, request_digest: str, report: Report) -> None:
    """Remember that a submission was answered."""
    IdempotencyKey.objects.create(
        person=person, key=key, request_digest=request_digest, report=report, created_at=now()
    )


@transaction.atomic
def case_places_set(*, case: Case, places: list[str], actor: str) -> Case:
    """Say anew which places a case concerns; the law that applies follows from it."""
    locked = Case.objects.select_for_update().get(pk=case.pk)
    was = locked.places
    if places == was:
        return locked
    locked.places = places
    locked.save(update_fields=["places"])
    event_append(
        chain=case_chain(case.pk),
        name="case.places",
        actor=actor,
        payload={"was": was, "now": places},
    )
    return locked


@transaction.atomic
def case_move(*, case: Case, to: CaseState, actor: str) -> Case:
    """Move a case's state; raises Conflict for a move that the order of states does not have."""
    locked = Case.objects.select_for_update().get(pk=case.pk)
    was = CaseState(locked.state)
    if to == was:
        return locked
    if to not in MOVES[was]:
        raise Conflict(f"A case that is {was.replace('_', ' ')} cannot become {to}.")
    locked.state = to
    locked.decided_at = now() if to == CaseState.DECIDED else None
    locked.save(update_fields=["state", "decided_at"])
    event_append(
        chain=case_chain(case.pk),
        name="case.state",
        actor=actor,
        payload={"was": was, "now": to},
    )
    return locked


@transaction.atomic
def report_erase(*, report: Report, actor: str) -> None:
    """Erase what a report says of its sender: contact, words and address, with their salts.

    The log keeps its commitments, which open to nothing any more; the chain stays whole. Raises
    the Refusal of whoever forbids it (a legal hold).
    """
    locked = Report.objects.select_for_update().get(pk=report.pk)
    vetoes_ask("report", locked)
    ReporterContact.objects.filter(report=locked).delete()
    messages_forget(about=f"report:{locked.pk}", actor=actor)
    locked.explanation, locked.url, locked.salts = "", "", {}
    locked.save(update_fields=["explanation", "url", "salts"])
    event_append(
        chain=case_chain(locked.case_id),
        name="report.erased",
        actor=actor,
        payload={"report": str(locked.pk)},
    )
