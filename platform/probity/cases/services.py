"""Opening cases, receiving reports into them, moving their state."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID, uuid4

from django.db import connection, transaction

from probity.accounts.models import Person
from probity.audit.commitments import commit_to
from probity.audit.services import case_chain, event_append
from probity.core.clock import now
from probity.core.errors import Conflict
from probity.core.inner import inner
from probity.core.vetoes import vetoes_ask
from probity.evidence.models import Asset
from probity.outbox.services import messages_forget
from probity.parties.models import Sender

from .models import (
    CASE_MOVES,
    Case,
    CaseState,
    EvidenceItem,
    IdempotencyKey,
    Report,
    ReporterContact,
    SenderKind,
    Severity,
)
from .notice import Notice
from .priority import SEVERITY
from .queues import queue_general
from .receipts import receipt_digest, receipt_token
from .targets import UNDECIDED as UNDECIDED_STATES
from .targets import target_keep, target_of
from .versions import case_touch


@inner
def case_open(
    *, case_id: UUID, notice: Notice, actor: str, opened_at: datetime | None = None
) -> Case:
    """Open a case for a notice; ``opened_at`` for one that came in earlier."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('cases_number')")
        number = cursor.fetchone()[0]
    case = Case(
        id=case_id,
        number=number,
        category=notice.category,
        places=notice.places,
        opened_at=opened_at or now(),
        queue=queue_general(),
        language=notice.language,
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


@inner
def report_add(
    *, case: Case, notice: Notice, channel: str, actor: str, sender: Sender | None = None
) -> tuple[Report, str]:
    """Write a report into a case; return it with its receipt token, which is kept nowhere.

    ``sender`` is the organisation that it comes from, if it comes from one in standing.
    """
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
        language=notice.language,
        target=target_of(url=notice.url, reference=notice.reference),
        on_behalf=notice.on_behalf,
        no_consent=notice.no_consent,
        resident=notice.resident,
        has_account=notice.has_account,
        sender=sender,
        sender_kind=sender.kind if sender else SenderKind.PUBLIC,
        received_at=moment,
        request_valid_at=moment if notice.statutory else None,
        receipt_digest=receipt_digest(token),
        salts={name: salt for name, salt in salts.items() if salt},
    )
    report.save(force_insert=True)
    if notice.email or notice.signature or notice.contact:
        ReporterContact.objects.create(
            report=report, email=notice.email, signature=notice.signature, other=notice.contact
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
    """Note that a report of the same thing came to a locked case; its places count too.

    Where it says something graver than what was reported so far, the case is about that now.
    """
    event_append(
        chain=case_chain(case.pk),
        name="report.joined",
        actor=actor,
        payload={"report": str(report.pk), "reports": case.reports.count()},
    )
    case_touch(case=case, what="report", actor="system")
    graver = list(Severity).index
    if graver(SEVERITY[report.category]) < graver(SEVERITY[case.category]):
        was, case.category = case.category, report.category
        case.save(update_fields=["category"])
        event_append(
            chain=case_chain(case.pk),
            name="case.category",
            actor=actor,
            payload={"was": was, "now": case.category},
        )
    places = list(dict.fromkeys([*case.places, *report.places]))
    return case_places_set(case=case, places=places, actor=actor)


@transaction.atomic
def item_add(*, case: Case, asset: Asset, report: Report | None) -> EvidenceItem:
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
    case_touch(case=locked, what="places", actor=actor)
    return locked


@transaction.atomic
def case_move(*, case: Case, to: CaseState, actor: str) -> Case:
    """Move a case's state; raises Conflict for a move that the order of states does not have."""
    locked = Case.objects.select_for_update().get(pk=case.pk)
    was = CaseState(locked.state)
    if to == was:
        return locked
    if not CASE_MOVES.allows(was, to):
        raise Conflict(f"A case that is {was.replace('_', ' ')} cannot become {to}.")
    locked.state = to
    locked.decided_at = now() if to == CaseState.DECIDED else None
    if was == CaseState.DECIDED:
        _target_give_up(locked)
    locked.save(update_fields=["state", "decided_at", "target"])
    event_append(
        chain=case_chain(case.pk),
        name="case.state",
        actor=actor,
        payload={"was": was, "now": to},
    )
    return locked


def _target_give_up(case: Case) -> None:
    """A case that opens again leaves the thing it is about to a newer case that has it by now."""
    newer = Case.objects.filter(target=case.target, state__in=UNDECIDED_STATES, demonstration="")
    if case.target and newer.exclude(pk=case.pk).exists():
        case.target = ""


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
    locked.explanation, locked.url, locked.target, locked.salts = "", "", "", {}
    locked.save(update_fields=["explanation", "url", "target", "salts"])
    target_keep(Case.objects.select_for_update().get(pk=locked.case_id))
    event_append(
        chain=case_chain(locked.case_id),
        name="report.erased",
        actor=actor,
        payload={"report": str(locked.pk)},
    )
