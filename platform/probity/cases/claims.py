"""Who holds a case: a lease that two people can never have at once."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import BooleanField, ExpressionWrapper, Q

from probity.accounts.actors import Actor
from probity.accounts.models import Person
from probity.accounts.roles import Ability
from probity.audit.services import case_chain, event_append
from probity.core.clock import now
from probity.core.errors import Conflict

from .models import Case, CaseClaim, CaseState
from .services import case_move


def _lease() -> timedelta:
    return timedelta(minutes=settings.CLAIM_LEASE_MINUTES)


@transaction.atomic
def case_claim(*, case: Case, actor: Actor) -> CaseClaim:
    """Take a case for one lease, or extend one's own claim.

    Raises Conflict when somebody else holds it, NotAllowed without the ability to work cases.
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
    return _take(case=locked, person=person, actor=actor)


@transaction.atomic
def next_case_claim(*, actor: Actor) -> CaseClaim | None:
    """Take the most urgent case that nobody holds, or None when the queue is empty.

    Demonstrations come when no real case waits.
    """
    person = actor.require_person(Ability.CASES_WORK)
    claims_sweep()
    shown = ExpressionWrapper(~Q(demonstration=""), output_field=BooleanField())
    case = (
        Case.objects.select_for_update(skip_locked=True)
        .filter(state=CaseState.OPEN, removed_at=None)
        .order_by(shown, "due_at", "opened_at")
        .first()
    )
    if case is None:
        return None
    return _take(case=case, person=person, actor=actor)


def _take(*, case: Case, person: Person, actor: Actor) -> CaseClaim:
    """Begin a claim on a locked case; the database's constraint has the last word."""
    moment = now()
    try:
        with transaction.atomic():
            claim = CaseClaim.objects.create(
                case=case, person=person, since=moment, until=moment + _lease()
            )
    except IntegrityError:
        raise Conflict("Somebody else took this case a moment ago. Take another one.")
    event_append(
        chain=case_chain(case.pk),
        name="case.claimed",
        actor=actor.name,
        payload=_payload(claim, until=True),
    )
    if case.state == CaseState.OPEN:
        case_move(case=case, to=CaseState.IN_REVIEW, actor=actor.name)
    return claim


@transaction.atomic
def claim_extend(*, claim: CaseClaim, actor: Actor) -> CaseClaim:
    """Start the lease anew; raises Conflict when it has ended meanwhile."""
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
def case_release(*, case: Case, actor: Actor) -> None:
    """Give a case back to the queue; raises Conflict when somebody else holds it."""
    person = actor.require_person(Ability.CASES_WORK)
    locked = Case.objects.select_for_update().get(pk=case.pk)
    claim = _open_claim(locked)
    if claim is None:
        return
    if claim.person_id != person.pk:
        raise Conflict("Somebody else holds this case; only they can release it.")
    claim_end(claim=claim, why="released", actor=actor.name)
    if locked.state == CaseState.IN_REVIEW:
        case_move(case=locked, to=CaseState.OPEN, actor=actor.name)


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
