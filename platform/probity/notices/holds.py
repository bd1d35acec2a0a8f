"""Not telling somebody for now: an authority's order, an investigation, a law that says so."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from probity.accounts.actors import Actor
from probity.accounts.roles import Ability
from probity.audit.commitments import commit_to
from probity.audit.services import case_chain, event_append
from probity.cases.models import Case
from probity.core.clock import now
from probity.core.errors import Conflict, InvalidInput

from .filling import plain
from .models import HoldGround, Notice, NoticeHold, Party, Way, Why
from .selectors import hold_on
from .services import notice_release

LIMITS = {"reason": 1000, "reference": 200}


@transaction.atomic
def notice_hold_place(
    *,
    case: Case,
    to: str,
    ground: str,
    reason: str,
    reference: str,
    actor: Actor,
    until: datetime | None = None,
) -> NoticeHold:
    """Tell a party (all when ``to`` is empty) nothing about a case from now on, with a reason.

    Notices that fall due are written down as withheld and go out when the hold ends. Raises
    NotAllowed, InvalidInput.
    """
    person = actor.require_person(Ability.NOTICES_MANAGE)
    said = {"reason": plain(reason), "reference": plain(reference)}
    _check(to, ground, said, until)
    Case.objects.select_for_update().get(pk=case.pk)
    digests, salts = {}, {}
    for name, text in said.items():
        digests[name], salts[name] = commit_to(text)
    hold = NoticeHold.objects.create(
        case=case, to=to, ground=ground, salts=salts, placed_by=person, placed_at=now(),
        until=until, **said,
    )  # fmt: skip
    event_append(
        chain=case_chain(case.pk),
        name="notice.hold_placed",
        actor=actor.name,
        payload={
            "hold": str(hold.pk), "to": to, "ground": ground,
            "until": until.isoformat() if until else None, **digests,
        },
    )  # fmt: skip
    return hold


@transaction.atomic
def notice_hold_end(*, hold: NoticeHold, reason: str, actor: Actor) -> list[Notice]:
    """End a hold, with a reason, and send what it held back; the notices that went out.

    Raises NotAllowed, InvalidInput, and Conflict when it has ended already.
    """
    person = actor.require_person(Ability.NOTICES_MANAGE)
    said = plain(reason)
    if not said or len(said) > LIMITS["reason"]:
        raise InvalidInput.of({"ended_reason": "Say why it ends, in at most 1000 characters."})
    case = Case.objects.select_for_update().get(pk=hold.case_id)
    locked = NoticeHold.objects.select_for_update(of=("self",)).get(pk=hold.pk)
    if locked.ended_at:
        raise Conflict("This hold on telling has ended already.")
    digest, salt = commit_to(said)
    locked.ended_at, locked.ended_by, locked.ended_reason = now(), person, said
    locked.salts = {**locked.salts, "ended_reason": salt}
    locked.save(update_fields=["ended_at", "ended_by", "ended_reason", "salts"])
    _ended(locked, digest, actor.name)
    return _release(case, actor=actor.name)


def notice_holds_sweep() -> int:
    """End the holds whose own end has passed, and send what they held back; how many."""
    due = NoticeHold.objects.filter(ended_at=None, until__lte=now()).values_list("pk", "case")
    return sum(_run_out(key, case) for key, case in list(due))


@transaction.atomic
def _run_out(key: UUID, case_id: UUID) -> bool:
    case = Case.objects.select_for_update(skip_locked=True).filter(pk=case_id).first()
    hold = NoticeHold.objects.select_for_update(of=("self",)).filter(pk=key, ended_at=None).first()
    if case is None or hold is None:
        return False
    hold.ended_at = now()
    hold.save(update_fields=["ended_at"])
    _ended(hold, "", "system")
    _release(case, actor="system")
    return True


def _ended(hold: NoticeHold, digest: str, actor: str) -> None:
    event_append(
        chain=case_chain(hold.case_id), name="notice.hold_ended", actor=actor,
        payload={"hold": str(hold.pk), "reason": digest},
    )  # fmt: skip


def _release(case: Case, *, actor: str) -> list[Notice]:
    """Send what no hold keeps back any more; what a later one of the kind replaced stays unsent."""
    waiting = case.notices.filter(
        way=Way.WITHHELD, why=Why.HELD, sent_later=None, forgotten_at=None
    ).select_related("case", "report", "uploader", "decision")
    return [
        notice_release(withheld=row, actor=actor)
        for row in waiting.order_by("at")
        if hold_on(case=case, to=Party(row.to)) is None and not _replaced(row)
    ]


def _replaced(row: Notice) -> bool:
    """Whether the same party is owed a later notice of the same kind instead."""
    if row.decision_id is None:
        return False
    later = Notice.objects.filter(
        case=row.case_id, kind=row.kind, to=row.to, report=row.report_id, at__gt=row.at
    )
    return later.exclude(decision=row.decision_id).exists()


def _check(to: str, ground: str, said: dict[str, str], until: datetime | None) -> None:
    wrong = {
        name: f"“{name}” is longer than {most} characters; shorten it."
        for name, most in LIMITS.items()
        if len(said[name]) > most
    }
    if to not in {"", *Party}:
        wrong["to"] = f"Say who may not be told: {', '.join(Party)}, or leave it empty for both."
    if ground not in set(HoldGround):
        wrong["ground"] = f"Say what forbids it: {', '.join(HoldGround)}."
    if not said["reason"]:
        wrong["reason"] = "Say why they may not be told."
    if not said["reference"]:
        wrong["reference"] = "Give the reference of the order or the law, so that it can be found."
    if until is not None and until <= now():
        wrong["until"] = "The end must lie in the future; leave it empty for a hold without one."
    if wrong:
        raise InvalidInput.of(wrong)
