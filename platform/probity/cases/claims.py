"""Who holds a case: a lease that two people can never have at once."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction

from probity.accounts.actors import Actor
from probity.accounts.models import Person
from probity.accounts.roles import Ability
from probity.audit.services import case_chain, event_append
from probity.care.selectors import break_of
from probity.core.clock import now
from probity.core.errors import Conflict
from probity.core.vetoes import vetoes_ask

from .access import case_visible
from .clocks import service_clocks_set
from .models import Case, CaseClaim, CaseState, Queue
from .notes import reason_check, work_note
from .services import case_move
from .taking import next_take
from .versions import case_touch
from .waiting import handover_close, snooze_close, waiting_sweep

TAKEN = "Somebody else took this case a moment ago. Take another one."


def _lease() -> timedelta:
    return timedelta(minutes=settings.CLAIM_LEASE_MINUTES)


@transaction.atomic
def case_claim(*, case: Case, actor: Actor) -> CaseClaim:
    """Take a case for one lease, or extend one's own claim. A case that was put off comes back.

    Raises Conflict when somebody else holds it, or it is kept for somebody else, or was merged
    into another; NotAllowed without the ability to work cases.
    """
    person = actor.require_person(Ability.CASES_WORK)
    locked = Case.objects.select_for_update().get(pk=case.pk)
    current = _open_claim(locked)
    if current and current.person_id == person.pk:
        return claim_extend(claim=current, actor=actor)
    if current:
        raise Conflict(_held_by(current, person))
    _claimable(locked, person)
    return _take(case=locked, person=person, actor=actor)


def _held_by(claim: CaseClaim, asker: Person) -> str:
    who, until = _holder(claim, asker), f"{claim.until:%H:%M}"
    return f"{who} holds this case until {until} UTC. Take another one, or ask them to release it."


def _theirs_alone(claim: CaseClaim, asker: Person) -> str:
    who, until = _holder(claim, asker), f"{claim.until:%H:%M}"
    return f"{who} holds this case until {until} UTC; only they can release it."


def _holder(claim: CaseClaim, asker: Person) -> str:
    """Who holds a case, by name only where the asker may see that on its page."""
    return claim.person.username if case_visible(asker, claim.case_id) else "A colleague"


def _claimable(case: Case, person: Person) -> None:
    vetoes_ask("claim", (case, person))
    if case.merged_into:
        raise Conflict(
            f"This case was merged into {case.merged_into.label}. Work on that one instead."
        )
    if case.kept_for_id and case.kept_for_id != person.pk:
        raise Conflict(
            "This case was sent to a colleague and waits for them. Take another one, or have a "
            "lead send it to you."
        )


def next_case_claim(*, actor: Actor, queue: Queue | None = None) -> CaseClaim | None:
    """Take the most urgent case that nobody holds, of one queue or of all; None when none waits.

    What was sent to the person comes first; what they may not see, or skipped, is left out.
    Raises Conflict for somebody who is on a break.
    """
    person = actor.require_person(Ability.CASES_WORK)
    claim = _take_next(person, queue, actor)
    if claim is None and break_of(person):
        raise Conflict("You are on a break. End it before you take the next case.")
    if claim is None and claims_sweep() + waiting_sweep():
        claim = _take_next(person, queue, actor)
    return claim


def _take_next(person: Person, queue: Queue | None, actor: Actor) -> CaseClaim | None:
    moment = now()
    claim = CaseClaim(person=person, since=moment, until=moment + _lease())
    try:
        with transaction.atomic():
            taken = next_take(claim=claim, queue_id=queue.pk if queue else None)
            if taken is None:
                return None
            _claimed(claim, was=CaseState.OPEN, state=CaseState.IN_REVIEW, actor=actor)
            if taken.was_sent:
                handover_close(case=claim.case, why="accepted", actor=actor.name)
            if taken.look_ran:
                service_clocks_set(case=claim.case, actor=actor.name)
            return claim
    except IntegrityError:
        raise Conflict(TAKEN)


def _take(*, case: Case, person: Person, actor: Actor) -> CaseClaim:
    """Begin a claim on a locked case; the database's constraint has the last word."""
    moment, was = now(), CaseState(case.state)
    claim = CaseClaim(case=case, person=person, since=moment, until=moment + _lease())
    claim.save(force_insert=True)
    first = was == CaseState.OPEN and case.first_action_at is None
    if was == CaseState.OPEN:
        case.state, case.first_action_at = CaseState.IN_REVIEW, case.first_action_at or moment
        case.save(update_fields=["state", "first_action_at"])
    _claimed(claim, was=was, state=CaseState(case.state), actor=actor)
    if case.snoozed_until:
        snooze_close(case=case, why="taken", actor=actor.name)
    if case.kept_for_id:
        handover_close(case=case, why="accepted", actor=actor.name)
    if first:
        service_clocks_set(case=case, actor=actor.name)
    return claim


def _claimed(claim: CaseClaim, *, was: CaseState, state: CaseState, actor: Actor) -> None:
    """One event for the claim and for the move to "in review" that comes with it."""
    event_append(
        chain=case_chain(claim.case_id),
        name="case.claimed",
        actor=actor.name,
        payload={**_payload(claim, until=True), "was": was, "now": state},
    )


@transaction.atomic
def claim_extend(*, claim: CaseClaim, actor: Actor) -> CaseClaim:
    """Start the lease anew, as often as needed; raises Conflict when it has ended meanwhile."""
    locked = CaseClaim.objects.select_for_update().get(pk=claim.pk)
    if locked.ended_at is not None:
        raise Conflict("The claim on this case has ended. Claim it again.")
    locked.until = now() + _lease()
    locked.save(update_fields=["until"])
    event_append(
        chain=case_chain(locked.case_id),
        name="case.claim_extended",
        actor=actor.name,
        payload=_payload(locked, until=True),
    )
    return locked


@transaction.atomic
def case_release(*, case: Case, actor: Actor, reason: str = "") -> None:
    """Give a case back to the queue, with a reason or without one.

    Raises Conflict when somebody else holds it.
    """
    person = actor.require_person(Ability.CASES_WORK)
    text = reason_check(reason)
    locked = Case.objects.select_for_update().get(pk=case.pk)
    claim = _open_claim(locked)
    if claim is None:
        return
    if claim.person_id != person.pk:
        raise Conflict(_theirs_alone(claim, person))
    case_put_down(case=locked, claim=claim, why="returned" if text else "released", actor=actor)
    work_note(case=locked, kind="returned", person=person, text=text, actor=actor.name)
    if text:
        case_touch(case=locked, what="returned", actor=actor.name)


def case_put_down(*, case: Case, claim: CaseClaim, why: str, actor: Actor) -> None:
    """End the claim on a locked case and have it wait again if it was in review."""
    claim_end(claim=claim, why=why, actor=actor.name)
    if case.state == CaseState.IN_REVIEW:
        case.state = case_move(case=case, to=CaseState.OPEN, actor=actor.name).state


@transaction.atomic
def claim_end(*, claim: CaseClaim, why: str, actor: str) -> None:
    """Close a claim and say why."""
    claim.ended_at, claim.ended_why = now(), why
    claim.save(update_fields=["ended_at", "ended_why"])
    event_append(
        chain=case_chain(claim.case_id),
        name="case.released",
        actor=actor,
        payload={**_payload(claim), "why": why},
    )


def claim_require(*, case: Case, actor: Actor) -> CaseClaim:
    """The actor's own live claim, taken now if nobody holds the case; raises Conflict.

    The case is locked from here on: whoever writes to a case locks it before its log, or two who
    work at once would wait for each other.
    """
    person = actor.require_person(Ability.CASES_WORK)
    Case.objects.select_for_update().get(pk=case.pk)
    own = CaseClaim.objects.filter(
        case=case, person=person, ended_at=None, until__gte=now()
    ).first()
    return own or case_claim(case=case, actor=actor)


def claims_sweep() -> int:
    """Give cases back whose lease ran out."""
    expired = CaseClaim.objects.filter(ended_at=None, until__lt=now()).values_list(
        "case", flat=True
    )
    return sum(_expire(case_id) for case_id in list(expired))


@transaction.atomic
def _expire(case_id: UUID) -> bool:
    case = Case.objects.select_for_update(skip_locked=True).filter(pk=case_id).first()
    if case is None:
        return False
    still_open = _open_claim(case)
    if still_open is None and case.state == CaseState.IN_REVIEW:
        case_move(case=case, to=CaseState.OPEN, actor="system")
    return still_open is None


def _open_claim(case: Case) -> CaseClaim | None:
    """The live claim of a locked case; one whose lease ran out is closed on the way."""
    claim = CaseClaim.objects.select_for_update().filter(case=case, ended_at=None).first()
    if claim and claim.until < now():
        claim_end(claim=claim, why="lease ran out", actor="system")
        return None
    return claim


def _payload(claim: CaseClaim, *, until: bool = False) -> dict[str, str]:
    payload = {"claim": str(claim.pk), "person": str(claim.person_id)}
    return {**payload, "until": claim.until.isoformat()} if until else payload
