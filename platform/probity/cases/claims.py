"""Who holds a case: a lease that two people can never have at once."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, QuerySet

from probity.accounts.actors import Actor
from probity.accounts.models import Person
from probity.accounts.roles import Ability
from probity.audit.services import case_chain, event_append
from probity.core.clock import now
from probity.core.errors import Conflict

from .access import visible
from .clocks import service_clocks_set
from .models import FREE, IN_ORDER, Case, CaseClaim, CaseState, Clock, Queue, Skip, TargetKind
from .notes import reason_check, work_note
from .services import case_move
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
        raise Conflict(
            f"Somebody else holds this case until {current.until:%H:%M} UTC. "
            "Take another one, or ask them to release it."
        )
    _claimable(locked, person)
    return _take(case=locked, person=person, actor=actor)


def _claimable(case: Case, person: Person) -> None:
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
    """
    person = actor.require_person(Ability.CASES_WORK)
    claim = _take_next(person, queue, actor)
    if claim is None and claims_sweep() + waiting_sweep():
        claim = _take_next(person, queue, actor)
    return claim


def _take_next(person: Person, queue: Queue | None, actor: Actor) -> CaseClaim | None:
    try:
        with transaction.atomic():
            case = _sent_to(person) or _first_free(person, queue)
            return _take(case=case, person=person, actor=actor) if case else None
    except IntegrityError:
        raise Conflict(TAKEN)


def _sent_to(person: Person) -> Case | None:
    sent = _claimable_rows().filter(kept_for=person, state=CaseState.OPEN, snoozed_until=None)
    return sent.order_by(*IN_ORDER).first()


def _first_free(person: Person, queue: Queue | None) -> Case | None:
    skipped = Skip.objects.filter(person=person, until__gt=now()).values("case")
    free = _claimable_rows().filter(FREE, visible(person)).exclude(pk__in=skipped)
    if queue is not None:
        free = free.filter(queue=queue)
    return free.order_by(*IN_ORDER).first()


def _claimable_rows() -> QuerySet[Case]:
    """Rows nobody else has locked, each with whether a target for its first look still runs."""
    looks = Clock.objects.filter(
        case=OuterRef("pk"), ended_at=None, service=True, duty=TargetKind.FIRST_ACTION
    )
    rows = Case.objects.select_for_update(skip_locked=True, of=("self",))
    return rows.annotate(look_runs=Exists(looks))


def _take(*, case: Case, person: Person, actor: Actor) -> CaseClaim:
    """Begin a claim on a locked case; the database's constraint has the last word."""
    moment = now()
    claim = CaseClaim(case=case, person=person, since=moment, until=moment + _lease())
    claim.save(force_insert=True)
    event_append(
        chain=case_chain(case.pk),
        name="case.claimed",
        actor=actor.name,
        payload=_payload(claim, until=True),
    )
    if case.snoozed_until:
        snooze_close(case=case, why="taken", actor=actor.name)
    if case.kept_for_id:
        handover_close(case=case, why="accepted", actor=actor.name)
    if case.state == CaseState.OPEN:
        _begin_review(case, moment, actor)
    return claim


def _begin_review(case: Case, moment: datetime, actor: Actor) -> None:
    """The move to "in review", without reading the row again that is locked and at hand."""
    first = case.first_action_at is None
    case.state, case.first_action_at = CaseState.IN_REVIEW, case.first_action_at or moment
    Case.objects.filter(pk=case.pk).update(state=case.state, first_action_at=case.first_action_at)
    event_append(
        chain=case_chain(case.pk),
        name="case.state",
        actor=actor.name,
        payload={"was": CaseState.OPEN, "now": CaseState.IN_REVIEW},
    )
    if first and getattr(case, "look_runs", True):
        service_clocks_set(case=case, actor=actor.name)


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
        raise Conflict("Somebody else holds this case; only they can release it.")
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
