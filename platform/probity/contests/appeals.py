"""Contesting a decision: received, taken, noted on, ruled on by somebody else, closed.

A ruling may lead to a new decision (``workflow.appeal_rule``); the appeal is closed once that has
taken effect, and open again when it was refused or undone.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.db import IntegrityError, transaction

from probity.accounts.actors import Actor
from probity.accounts.models import Person
from probity.accounts.roles import Ability
from probity.audit.commitments import commit_to
from probity.audit.services import case_chain, event_append
from probity.cases.models import Case, EvidenceItem, Report
from probity.core.clock import now
from probity.core.errors import Conflict, InvalidInput, NotAllowed
from probity.core.vetoes import vetoes_ask
from probity.decisions.models import Decision
from probity.outbox.services import messages_forget

from .asking import Asking, asking_check
from .models import Appeal, AppealEvidence, AppealNote, AppealRuling, AppealState
from .selectors import decided_by
from .snapshot import snapshot_of
from .words import Outcome

WORDS_MAX = 10_000
NOTE_MAX = 5_000
#: Our own clock warns when three quarters of its time are gone.
WARN_SHARE = 0.75


@transaction.atomic
def appeal_receive(
    *,
    decision: Decision,
    asking: Asking,
    actor: str,
    report: Report | None = None,
    channel: str = "web",
) -> Appeal:
    """Take an appeal or a counter-notice in (DSA art. 20(1)); ``report`` for a reporter's.

    Raises InvalidInput for what is missing, Conflict when it came before, too late, or where the
    law knows no such thing.
    """
    case = Case.objects.select_for_update().get(pk=decision.case_id)
    asking_check(asking, decision=decision, report=report)
    salts, digests = _committed(words=asking.words, email=asking.email)
    moment = now()
    target = timedelta(days=settings.APPEAL_DAYS)
    appeal = Appeal(
        id=uuid4(), case=case, decision=decision, kind=asking.kind, side=asking.side,
        report=report, uploader=None if report else case.uploader, ground=asking.ground,
        words=asking.words, email=asking.email, signature=asking.signature,
        language=asking.language, salts=salts, channel=channel, snapshot=snapshot_of(decision),
        received_at=moment, warn_at=moment + target * WARN_SHARE, due_at=moment + target,
    )  # fmt: skip
    try:
        with transaction.atomic():
            appeal.save(force_insert=True)
    except IntegrityError:
        raise Conflict("You contested this decision already. One person looks at it; please wait.")
    _said(
        appeal, "appeal.received", actor, decision=str(decision.pk), kind=appeal.kind,
        side=appeal.side, report=str(report.pk) if report else None, ground=appeal.ground,
        words=digests["words"], contact=digests["email"], snapshot=appeal.snapshot,
        due=appeal.due_at.isoformat(),
    )  # fmt: skip
    return appeal


@transaction.atomic
def evidence_add(*, appeal: Appeal, item: EvidenceItem, actor: str) -> AppealEvidence:
    """Note that a file of the case came with the appeal; the same file counts once."""
    row, made = AppealEvidence.objects.get_or_create(
        appeal=appeal, sha256=item.asset_id, defaults={"item": item, "at": now()}
    )
    if made:
        _said(appeal, "appeal.evidence", actor, asset=item.asset_id)
    return row


@transaction.atomic
def appeal_take(*, appeal: Appeal, actor: Actor) -> Appeal:
    """Take an appeal for one lease, or extend one's own.

    Raises NotAllowed for whoever decided or approved what is contested, Conflict when somebody
    else holds it or it is ruled on.
    """
    person = actor.require_person(Ability.APPEALS_DECIDE)
    locked = appeal_lock(appeal)
    _must_be_open(locked)
    stranger_require(decision=locked.decision, person=person)
    held = locked.state == AppealState.TAKEN and locked.taken_until and locked.taken_until > now()
    if held and locked.person and locked.person_id != person.pk:
        raise Conflict(
            f"{locked.person.username} holds this appeal until {locked.taken_until:%H:%M} UTC. "
            "Take another."
        )
    locked.state, locked.person = AppealState.TAKEN, person
    locked.taken_until = now() + timedelta(minutes=settings.CLAIM_LEASE_MINUTES)
    locked.save(update_fields=["state", "person", "taken_until"])
    _said(
        locked, "appeal.taken", actor.name, person=str(person.pk),
        until=locked.taken_until.isoformat(),
    )  # fmt: skip
    return locked


@transaction.atomic
def appeal_release(*, appeal: Appeal, actor: Actor) -> Appeal:
    """Give an appeal back. Raises Conflict when somebody else holds it."""
    person = actor.require_person(Ability.APPEALS_DECIDE)
    locked = appeal_lock(appeal)
    if locked.state != AppealState.TAKEN:
        return locked
    if locked.person and locked.person_id != person.pk:
        name = locked.person.username
        raise Conflict(f"{name} holds this appeal; only they can give it back.")
    return _let_go(locked, why="released", actor=actor.name)


@transaction.atomic
def appeal_note(*, appeal: Appeal, text: str, actor: Actor) -> AppealNote:
    """Write something down on an appeal, for those who work here. Raises InvalidInput."""
    person = actor.require_person(Ability.CASES_WORK)
    said = text.replace("\x00", "").strip()
    if not said or len(said) > NOTE_MAX:
        raise InvalidInput.of({"note": f"Write a note of at most {NOTE_MAX} characters."})
    locked = appeal_lock(appeal)
    digest, salt = commit_to(said)
    note = AppealNote.objects.create(appeal=locked, person=person, text=said, salt=salt, at=now())
    _said(locked, "appeal.note", actor.name, note=str(note.pk), text=digest)
    return note


@transaction.atomic
def ruling_make(
    *, appeal: Appeal, outcome: Outcome, reason: str, decision: Decision | None, actor: Actor
) -> AppealRuling:
    """Write a ruling down, with the new decision that it led to (DSA art. 20(4) to (6)).

    It is always a person's: there is no way to rule without one. Raises NotAllowed, Conflict when
    somebody else holds the appeal, InvalidInput without a reason.
    """
    person = actor.require_person(Ability.APPEALS_DECIDE)
    locked = appeal_lock(appeal)
    holder_require(locked, person=person)
    said = reason.strip()
    if not said or len(said) > WORDS_MAX:
        raise InvalidInput.of(
            {"reason": f"Give the reason, in at most {WORDS_MAX} characters; it is told."}
        )
    digest, salt = commit_to(said)
    ruling = AppealRuling.objects.create(
        appeal=locked, outcome=outcome, reason=said, reason_salt=salt,
        decider=locked.decision.person, person=person, decision=decision, at=now(),
    )  # fmt: skip
    locked.state, locked.person, locked.taken_until = AppealState.RULED, None, None
    locked.save(update_fields=["state", "person", "taken_until"])
    _said(
        locked, "appeal.ruled", actor.name, ruling=str(ruling.pk), outcome=outcome, reason=digest,
        decision=str(decision.pk) if decision else None,
    )  # fmt: skip
    return ruling


@transaction.atomic
def appeal_close(*, appeal: Appeal, actor: str) -> Appeal:
    """The ruling took effect. Raises Conflict unless the appeal is ruled on."""
    locked = appeal_lock(appeal)
    ruling = locked.rulings.filter(fell_at=None).first()
    if locked.state != AppealState.RULED or ruling is None:
        raise Conflict("This appeal is not ruled on.")
    locked.state, locked.closed_at = AppealState.CLOSED, now()
    locked.save(update_fields=["state", "closed_at"])
    _said(locked, "appeal.closed", actor, outcome=ruling.outcome)
    return locked


@transaction.atomic
def ruling_falls(*, ruling: AppealRuling, actor: str) -> Appeal:
    """The new decision was refused or undone: the appeal waits for a ruling again."""
    locked = appeal_lock(ruling.appeal)
    row = AppealRuling.objects.select_for_update().get(pk=ruling.pk)
    if row.fell_at or locked.state != AppealState.RULED:
        return locked
    row.fell_at = now()
    row.save(update_fields=["fell_at"])
    locked.state = AppealState.WAITING
    locked.save(update_fields=["state"])
    _said(locked, "appeal.fell", actor, ruling=str(row.pk), decision=str(row.decision_id))
    return locked


@transaction.atomic
def appeal_erase(*, appeal: Appeal, actor: str) -> None:
    """Erase what an appeal says of its sender, with its salts, what was mailed to them, and what
    people here noted on it.

    The ruling stays. Raises the Refusal of whoever forbids it (a legal hold).
    """
    locked = appeal_lock(appeal)
    if locked.erased_at:
        return
    vetoes_ask("appeal", locked)
    messages_forget(about=f"appeal:{locked.pk}", actor=actor)
    locked.words = locked.email = locked.signature = ""
    locked.salts, locked.erased_at = {}, now()
    locked.save(update_fields=["words", "email", "signature", "salts", "erased_at"])
    locked.notes.update(text="", salt="")
    _said(locked, "appeal.erased", actor)


def appeals_sweep() -> int:
    """Give back what nobody holds any more; record each warning and each breach once."""
    done = 0
    for row in Appeal.objects.filter(state=AppealState.TAKEN, taken_until__lt=now()):
        with transaction.atomic():
            locked = appeal_lock(row)
            if locked.state == AppealState.TAKEN and (locked.taken_until or now()) < now():
                _let_go(locked, why="lease over", actor="system")
                done += 1
    waiting = Appeal.objects.filter(state__in=[AppealState.WAITING, AppealState.TAKEN])
    for row in waiting.filter(breached_at=None, warn_at__lte=now()):
        done += _time_told(row)
    return done


def appeal_lock(appeal: Appeal) -> Appeal:
    """Lock the case first, as everybody does who writes to it, then the appeal."""
    Case.objects.select_for_update().get(pk=appeal.case_id)
    return (
        Appeal.objects.select_for_update(of=("self",))
        .select_related("decision", "case")
        .get(pk=appeal.pk)
    )


def holder_require(appeal: Appeal, *, person: Person) -> None:
    """Raise unless this person holds the appeal, and is none of those who decided."""
    _must_be_open(appeal)
    stranger_require(decision=appeal.decision, person=person)
    if appeal.person_id != person.pk:
        raise Conflict("Take the appeal first; then nobody else rules on it meanwhile.")


def stranger_require(*, decision: Decision, person: Person) -> None:
    """Raise NotAllowed for whoever decided or approved (the database refuses them too)."""
    if person.pk in decided_by(decision):
        raise NotAllowed(
            "Somebody else has to look at this appeal: you decided or approved what is contested."
        )


def _must_be_open(appeal: Appeal) -> None:
    if not appeal.open:
        raise Conflict("This appeal is ruled on already.")


def _let_go(appeal: Appeal, *, why: str, actor: str) -> Appeal:
    appeal.state, appeal.person, appeal.taken_until = AppealState.WAITING, None, None
    appeal.save(update_fields=["state", "person", "taken_until"])
    _said(appeal, "appeal.released", actor, why=why)
    return appeal


@transaction.atomic
def _time_told(row: Appeal) -> bool:
    appeal = appeal_lock(row)
    column = "breached_at" if appeal.due_at <= now() else "warned_at"
    if not appeal.open or getattr(appeal, column):
        return False
    setattr(appeal, column, now())
    appeal.save(update_fields=[column])
    name = "appeal.breached" if column == "breached_at" else "appeal.warned"
    _said(appeal, name, "system", due=appeal.due_at.isoformat())
    return True


def _committed(**texts: str) -> tuple[dict[str, str], dict[str, str]]:
    made = {name: commit_to(text) if text else ("", "") for name, text in texts.items()}
    salts = {name: salt for name, (_, salt) in made.items() if salt}
    return salts, {name: digest for name, (digest, _) in made.items()}


def _said(appeal: Appeal, name: str, actor: str, **payload: Any) -> None:
    event_append(
        chain=case_chain(appeal.case_id), name=name, actor=actor,
        payload={"appeal": str(appeal.pk), **payload},
    )  # fmt: skip
