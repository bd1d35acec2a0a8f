"""Referring a case to an outside body: proposed by one person, agreed to by another, then sent.

Each exchange is a row; what leaves is the document that both saw, to the letter.
"""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import Any

from django.db import IntegrityError, transaction

from probity.accounts.actors import Actor
from probity.accounts.roles import Ability
from probity.audit.commitments import commit_to
from probity.audit.services import case_chain, event_append
from probity.cases.models import Case
from probity.core.clock import now
from probity.core.errors import Conflict, InvalidInput, NotAllowed

from .referral_models import Referral, ReferralState, ReferralStep
from .referrals.plugins import Facts, Step, plugin

REASON_MAX = 2_000


@transaction.atomic
def referral_propose(
    *, case: Case, name: str, summary: str, reason: str, actor: Actor, with_files: bool = False
) -> Referral:
    """Propose a referral; ``summary`` goes into the document, ``reason`` stays here.

    Raises NotAllowed, NotFound for no such plug-in, Conflict when it is off or one is under way.
    """
    person = actor.require_person(Ability.REFERRALS_SUBMIT)
    body = plugin(name)
    said, told = reason.strip(), summary.strip()
    if not said or len(said) > REASON_MAX or not told or len(told) > REASON_MAX:
        raise InvalidInput.of(
            {"reason": f"Give a summary and a reason, each in at most {REASON_MAX} characters."}
        )
    locked = Case.objects.select_for_update().get(pk=case.pk)
    if locked.demonstration:
        raise Conflict("This case cannot be referred to anybody: nobody outside reported it.")
    document = body.document(facts_of(locked, summary=told))
    digest, salt = commit_to(said)
    try:
        with transaction.atomic():
            row = Referral.objects.create(
                case=locked, plugin=name, document=document, with_files=with_files,
                sha256=hashlib.sha256(document.encode()).hexdigest(), reason=said,
                reason_salt=salt, state=ReferralState.PROPOSED, proposer=person,
                proposed_at=now(),
            )  # fmt: skip
    except IntegrityError:
        raise Conflict("A referral of this case to this body is under way already.")
    _said(
        row, "referral.proposed", actor, plugin=name, digest=row.sha256, files=with_files,
        reason=digest,
    )  # fmt: skip
    return row


@transaction.atomic
def referral_answer(*, referral: Referral, agree: bool, actor: Actor) -> Referral:
    """The second person's word. Raises NotAllowed for the proposer, Conflict once settled."""
    person = actor.require_person(Ability.REFERRALS_SUBMIT)
    row = _locked(referral)
    if row.state != ReferralState.PROPOSED:
        raise Conflict("This was settled already.")
    if row.proposer_id == person.pk:
        raise NotAllowed("Somebody else has to look at this: you proposed it yourself.")
    row.second, row.agreed_at = person, now()
    row.state = ReferralState.AGREED if agree else ReferralState.REFUSED
    row.ended_at = None if agree else now()
    row.save()
    _said(row, "referral.agreed" if agree else "referral.refused", actor)
    return row


def referral_submit(*, referral: Referral, actor: Actor) -> Referral:
    """Open the report there; tried again where it failed. Raises Conflict unless agreed to."""
    row = _ready(referral, actor, ReferralState.AGREED)
    step = plugin(row.plugin).submit(row.document)
    with transaction.atomic():
        row = _stepped(row, step, actor)
        if step.ok and step.outside_id:
            row.state, row.outside_id = ReferralState.OPENED, step.outside_id
            row.save(update_fields=["state", "outside_id"])
        return row


def referral_upload(*, referral: Referral, name: str, content: bytes, actor: Actor) -> Step:
    """Send one file into the open report.

    Raises Conflict unless both the proposal and the operator's setting allow files.
    """
    row = _ready(referral, actor, ReferralState.OPENED)
    if not row.with_files:
        raise Conflict("This referral was agreed to without files. Propose another one.")
    step = plugin(row.plugin).upload(row.outside_id, name=name, content=content)
    with transaction.atomic():
        _stepped(row, step, actor)
    return step


def referral_finish(*, referral: Referral, actor: Actor) -> Referral:
    """Close the report there; from now on it is kept for as long as the law wants."""
    row = _ready(referral, actor, ReferralState.OPENED)
    body = plugin(row.plugin)
    return _end(
        row, body.finish(row.outside_id), ReferralState.FINISHED, actor, keep_days=body.keep_days
    )


def referral_retract(*, referral: Referral, actor: Actor) -> Referral:
    """Take an unfinished report back there."""
    row = _ready(referral, actor, ReferralState.OPENED)
    step = plugin(row.plugin).retract(row.outside_id)
    return _end(row, step, ReferralState.RETRACTED, actor)


def facts_of(case: Case, *, summary: str) -> Facts:
    """What may leave of a case: never who reported it or what they wrote."""
    uploader = case.uploader
    addresses = case.reports.exclude(url="").order_by("received_at").values_list("url", flat=True)
    latest = case.answers.filter(name="synthetic").order_by("-at").first()
    made = bool(latest and latest.value)
    return Facts(
        number=case.label,
        opened_at=case.opened_at.isoformat(),
        summary=summary,
        addresses=list(dict.fromkeys(addresses)),
        uploader={"reference": uploader.reference} if uploader else {},
        files=[
            {"sha256": pk, "generated": "yes" if made else ""}
            for pk in case.items.order_by("added_at").values_list("asset_id", flat=True)
        ],
    )


def _ready(referral: Referral, actor: Actor, state: ReferralState) -> Referral:
    actor.require_person(Ability.REFERRALS_SUBMIT)
    row = Referral.objects.select_related("case").get(pk=referral.pk)
    if row.state != state:
        raise Conflict(f"This referral is {row.state}; it has to be {state} for this.")
    return row


def _end(
    row: Referral, step: Step, state: ReferralState, actor: Actor, *, keep_days: int = 0
) -> Referral:
    with transaction.atomic():
        row = _stepped(row, step, actor)
        if not step.ok:
            return row
        row.state, row.ended_at = state, now()
        row.keep_until = (now() + timedelta(days=keep_days)).date() if keep_days else None
        row.save(update_fields=["state", "ended_at", "keep_until"])
        until = row.keep_until.isoformat() if row.keep_until else None
        _said(row, "referral.ended", actor, outcome=state, keep_until=until)
        return row


def _stepped(row: Referral, step: Step, actor: Actor) -> Referral:
    """Keep one exchange, under the case's lock."""
    person = actor.require_person(Ability.REFERRALS_SUBMIT)
    locked = _locked(row)
    kept = ReferralStep.objects.create(
        referral=locked, name=step.name, ok=step.ok, status=step.status, answer=step.answer,
        person=person, at=now(),
    )  # fmt: skip
    _said(
        locked, "referral.step", actor, step=str(kept.pk), name=step.name, ok=step.ok,
        status=step.status,
    )  # fmt: skip
    return locked


def _locked(referral: Referral) -> Referral:
    Case.objects.select_for_update().get(pk=referral.case_id)
    return (
        Referral.objects.select_for_update(of=("self",)).select_related("case").get(pk=referral.pk)
    )


def _said(row: Referral, event: str, actor: Actor, /, **payload: Any) -> None:
    event_append(
        chain=case_chain(row.case_id), name=event, actor=actor.name,
        payload={"referral": str(row.pk), **payload},
    )  # fmt: skip
