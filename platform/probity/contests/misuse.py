"""Misuse (DSA art. 23): what was manifest, the warning before, the suspension that two people want.

Nothing here happens by itself. A count only lets a person warn; a warning only lets a person
propose; and a valid statutory request is taken in whoever sends it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet

from probity.accounts.actors import Actor
from probity.accounts.roles import Ability
from probity.audit.commitments import commit_to
from probity.audit.services import SYSTEM_CHAIN, case_chain, event_append
from probity.cases.models import Case, Report
from probity.core.clock import now
from probity.core.errors import Conflict, InvalidInput, NotAllowed
from probity.decisions.models import Decision
from probity.outbox.services import webhooks_queue
from probity.parties.models import PartyKind, Sender

from .misuse_models import FACTORS, Manifest, MisuseWarning, Suspension, SuspensionState
from .models import Appeal
from .party import PartyOf
from .words import Misuse, Side

REASON_MAX = 2_000
DAYS_MAX = 366


@transaction.atomic
def manifest_find(
    *,
    kind: Misuse,
    reason: str,
    actor: Actor,
    decision: Decision | None = None,
    report: Report | None = None,
    appeal: Appeal | None = None,
) -> Manifest:
    """Write down that something is manifest: evident to a layperson without detailed examination.

    Illegal content names its ``decision`` (in force, and not “no action”), an unfounded notice its
    ``report``, an unfounded appeal its ``appeal``. Raises NotAllowed, InvalidInput, Conflict.
    """
    person = actor.require_person(Ability.CASES_WORK)
    said = _reason(reason)
    case, subject, party = _about(kind, decision, report, appeal)
    Case.objects.select_for_update().get(pk=case.pk)
    digest, salt = commit_to(said)
    try:
        with transaction.atomic():
            row = Manifest.objects.create(
                kind=kind, case=case, subject=subject, person=person, reason=said,
                reason_salt=salt, at=now(), **party.columns,
            )  # fmt: skip
    except IntegrityError:
        raise Conflict("This was found manifest already.")
    event_append(
        chain=case_chain(case.pk), name="misuse.found", actor=actor.name,
        payload={"manifest": str(row.pk), "kind": kind, "subject": str(subject), "reason": digest},
    )  # fmt: skip
    return row


@transaction.atomic
def manifest_withdraw(*, manifest: Manifest, why: str, actor: str) -> Manifest:
    """Take it back: it counts no more. Raises Conflict, InvalidInput without a reason."""
    said = _reason(why)
    Case.objects.select_for_update().get(pk=manifest.case_id)
    row = Manifest.objects.select_for_update().get(pk=manifest.pk)
    if row.withdrawn_at:
        raise Conflict("This was taken back already.")
    row.withdrawn_at, row.withdrawn_why = now(), said[:500]
    row.save(update_fields=["withdrawn_at", "withdrawn_why"])
    event_append(
        chain=case_chain(row.case_id), name="misuse.withdrawn", actor=actor,
        payload={"manifest": str(row.pk), "kind": row.kind},
    )  # fmt: skip
    return row


def manifests_withdraw(*, decision: Decision, actor: str) -> None:
    """A decision was reversed on appeal: what was manifest because of it is so no more."""
    reports = decision.case.reports.values_list("pk", flat=True)
    rows = Manifest.objects.filter(withdrawn_at=None, case=decision.case).filter(
        Q(subject=decision.pk) | Q(subject__in=list(reports))
    )
    for row in rows:
        manifest_withdraw(manifest=row, why="The decision was reversed on appeal.", actor=actor)


def counted(party: PartyOf) -> QuerySet[Manifest]:
    """What counts against a party now: not taken back, within the window, the latest first."""
    since = now() - timedelta(days=settings.MISUSE_WINDOW_DAYS)
    return Manifest.objects.filter(party.matching, withdrawn_at=None, at__gte=since)


def warning_of(party: PartyOf) -> MisuseWarning | None:
    """The latest warning of a party within the window."""
    since = now() - timedelta(days=settings.MISUSE_WINDOW_DAYS)
    return MisuseWarning.objects.filter(party.matching, at__gte=since).order_by("-at").first()


@transaction.atomic
def warning_give(*, party: PartyOf, text: str, actor: Actor) -> MisuseWarning:
    """Keep the words of a warning; whoever calls tells them to the party in this transaction.

    Raises Conflict while too little counts or a warning still stands, NotAllowed, InvalidInput.
    """
    person = actor.require_person(Ability.ABUSE_DECIDE)
    number = counted(party).count()
    if number < settings.MISUSE_LEAST:
        raise Conflict(
            f"Only {number} of at least {settings.MISUSE_LEAST} count within "
            f"{settings.MISUSE_WINDOW_DAYS} days. A warning is for what happens often."
        )
    if warning_of(party):
        raise Conflict("A warning within the window stands already. A suspension can be proposed.")
    said = text.strip()
    if not said:
        raise InvalidInput.of({"text": "Write what the warning says."})
    digest, _ = commit_to(said)
    row = MisuseWarning.objects.create(
        text=said, sha256=digest, counted=number, window_days=settings.MISUSE_WINDOW_DAYS,
        person=person, at=now(), **party.columns,
    )  # fmt: skip
    _said(
        "misuse.warned", actor.name, warning=str(row.pk), party=party.told, counted=number,
        days=row.window_days, digest=digest,
    )  # fmt: skip
    return row


@transaction.atomic
def suspension_propose(
    *, party: PartyOf, factors: Mapping[str, str], reason: str, days: int, actor: Actor
) -> Suspension:
    """Propose a suspension, with a sentence on each of FACTORS (art. 23(3)(a) to (d)).

    Raises Conflict without a warning, without a new case since, or with one under way; InvalidInput
    for a factor that is not weighed. A second person has to agree.
    """
    person = actor.require_person(Ability.ABUSE_DECIDE)
    if party.sender is not None and party.sender.kind == PartyKind.AUTHORITY:
        raise Conflict("What an authority sends is always looked at; it cannot be suspended.")
    warning = warning_of(party)
    if warning is None:
        raise Conflict("A warning has to come first (Digital Services Act, article 23). Give one.")
    if not counted(party).filter(at__gt=warning.at).exists():
        raise Conflict("Nothing manifest has happened since the warning. There is no ground.")
    if Suspension.objects.filter(party.matching, state__in=["proposed", "in_force"]).exists():
        raise Conflict("A suspension is proposed or in force already.")
    wrong = {
        name: "Weigh this in a sentence: article 23(3) wants all four looked at."
        for name in FACTORS
        if not str(factors.get(name, "")).strip()
    }
    if not 1 <= days <= DAYS_MAX:
        wrong["days"] = f"A suspension lasts from 1 to {DAYS_MAX} days."
    if wrong:
        raise InvalidInput.of(wrong)
    said = _reason(reason)
    digest, salt = commit_to(said)
    row = Suspension.objects.create(
        warning=warning, warned_at=warning.at, reason=said, reason_salt=salt, days=days,
        factors={name: str(factors[name]).strip() for name in FACTORS},
        state=SuspensionState.PROPOSED, proposer=person, proposed_at=now(), **party.columns,
    )  # fmt: skip
    _said(
        "suspension.proposed", actor.name, suspension=str(row.pk), party=party.told,
        warning=str(warning.pk), days=days, reason=digest,
    )  # fmt: skip
    return row


@transaction.atomic
def suspension_answer(*, suspension: Suspension, agree: bool, actor: Actor) -> Suspension:
    """The second person's word. Raises NotAllowed for the proposer, Conflict once settled."""
    person = actor.require_person(Ability.ABUSE_DECIDE)
    row = Suspension.objects.select_for_update().get(pk=suspension.pk)
    if row.state != SuspensionState.PROPOSED:
        raise Conflict("This was settled already.")
    if row.proposer_id == person.pk:
        raise NotAllowed("Somebody else has to look at this: you proposed it yourself.")
    row.second = person
    if not agree:
        row.state, row.ended_at = SuspensionState.REFUSED, now()
        row.save()
        _said("suspension.refused", actor.name, suspension=str(row.pk))
        return row
    row.state, row.starts_at = SuspensionState.IN_FORCE, now()
    row.ends_at = row.starts_at + timedelta(days=row.days)
    row.save()
    _said("suspension.begun", actor.name, suspension=str(row.pk), until=row.ends_at.isoformat())
    _webhook(row, "account.suspended", actor.name)
    return row


@transaction.atomic
def suspension_end(*, suspension: Suspension, why: str, actor: Actor) -> Suspension:
    """End a suspension early. Raises NotAllowed, Conflict, InvalidInput without a reason."""
    actor.require_person(Ability.ABUSE_DECIDE)
    return _over(suspension, why=_reason(why)[:500], early=True, actor=actor.name)


def suspensions_sweep() -> int:
    """End the suspensions whose time is over; return how many."""
    due = Suspension.objects.filter(state=SuspensionState.IN_FORCE, ends_at__lte=now())
    return sum(
        bool(_over(row, why="Its time was over.", early=False, actor="system")) for row in due
    )


def suspension_of(
    *, report: Report | None = None, sender: Sender | None = None, email: str = ""
) -> Suspension | None:
    """The suspension in force of whoever sent or sends a report: an organisation, or an address."""
    running = Suspension.objects.filter(state=SuspensionState.IN_FORCE, ends_at__gt=now())
    if report is not None:
        sender = report.sender
        contact = getattr(report, "contact", None)
        email = contact.email if contact else ""
    if sender is not None:
        return running.filter(sender=sender).first()
    return running.filter(reporter__contact__email__iexact=email).first() if email else None


def _over(suspension: Suspension, *, why: str, early: bool, actor: str) -> Suspension:
    with transaction.atomic():
        row = Suspension.objects.select_for_update().get(pk=suspension.pk)
        if row.state != SuspensionState.IN_FORCE:
            raise Conflict("This suspension is not in force.")
        row.state, row.ended_at, row.ended_why = SuspensionState.OVER, now(), why
        row.save()
        _said("suspension.over", actor, suspension=str(row.pk), early=early)
        _webhook(row, "account.suspension_over", actor, early=early)
        return row


def _about(
    kind: Misuse, decision: Decision | None, report: Report | None, appeal: Appeal | None
) -> tuple[Case, UUID, PartyOf]:
    if kind == Misuse.ILLEGAL_CONTENT and decision is not None:
        if decision.case.uploader is None:
            raise Conflict("Nobody said whose upload this is, so there is nobody to count it for.")
        if decision.standing.state != "effective" or decision.action == "no_action":
            raise Conflict("Only what a decision in force acted on can be manifestly illegal.")
        return decision.case, decision.pk, PartyOf(uploader=decision.case.uploader)
    if kind == Misuse.UNFOUNDED_NOTICE and report is not None:
        return report.case, report.pk, PartyOf.of_report(report)
    if kind == Misuse.UNFOUNDED_APPEAL and appeal is not None:
        if appeal.side == Side.UPLOADER:
            if appeal.uploader is None:
                raise Conflict("Nobody said whose upload this is, so there is nobody to count.")
            return appeal.case, appeal.pk, PartyOf(uploader=appeal.uploader)
        if appeal.report is not None:
            return appeal.case, appeal.pk, PartyOf.of_report(appeal.report)
    raise InvalidInput("Name what it is about: a decision, a report or an appeal.")


def _webhook(row: Suspension, kind: str, actor: str, **more: Any) -> None:
    """Only an uploader's account is suspended elsewhere; notices are a matter of this house."""
    if row.uploader is None or not row.uploader.reference:
        return
    times = {} if more else {"from": _iso(row.starts_at), "until": _iso(row.ends_at)}
    webhooks_queue(
        kind=kind, key=f"suspension:{row.pk}:{kind}", actor=actor,
        about=f"uploader:{row.uploader.pk}", chain=SYSTEM_CHAIN,
        data={"suspension": str(row.pk), "account": row.uploader.reference, **times, **more},
    )  # fmt: skip


def _iso(at: Any) -> str:
    return at.isoformat() if at else ""


def _reason(text: str) -> str:
    said = text.strip()
    if not said or len(said) > REASON_MAX:
        raise InvalidInput.of({"reason": f"Give the reason, in at most {REASON_MAX} characters."})
    return said


def _said(name: str, actor: str, **payload: Any) -> None:
    event_append(chain=SYSTEM_CHAIN, name=name, actor=actor, payload=payload)
