"""A lost second factor is taken away by two administrators, or on the command line."""

from __future__ import annotations

from django.db import transaction

from probity.audit.services import SYSTEM_CHAIN, event_append
from probity.core.clock import now
from probity.core.errors import Conflict, InvalidInput, NotAllowed

from .actors import Actor
from .models import FactorReset, Person
from .roles import Ability
from .second_factor import factors_clear, has_factor
from .sessions import sessions_end

REASON = "Say how you know that it is really them who lost it."


@transaction.atomic
def factor_reset_ask(*, person: Person, reason: str, actor: Actor) -> FactorReset:
    """Ask that somebody's second factors be taken away; a second administrator must agree.

    Raises InvalidInput without a reason, NotAllowed for one's own, Conflict when there is none or
    somebody already asked.
    """
    asker = actor.require_person(Ability.PEOPLE_MANAGE)
    if not reason.strip():
        raise InvalidInput(REASON, fields={"reason": REASON})
    if asker.pk == person.pk:
        raise NotAllowed("Another administrator must ask for you.")
    Person.objects.select_for_update().get(pk=person.pk)
    if not has_factor(person):
        raise Conflict("This person has no second factor that could be lost.")
    if FactorReset.objects.filter(person=person, settled_at=None).exists():
        raise Conflict("Somebody already asked for this; a second administrator can settle it.")
    reset = FactorReset.objects.create(
        person=person, reason=reason.strip()[:500], asked_by=asker, asked_at=now()
    )
    _record("factor.reset_asked", reset, actor)
    return reset


@transaction.atomic
def factor_reset_settle(*, reset: FactorReset, agree: bool, actor: Actor) -> None:
    """Agree, so that the factors go and every session ends; or refuse.

    Raises NotAllowed for the one who asked (they may only withdraw) and for the person themselves.
    """
    second = actor.require_person(Ability.PEOPLE_MANAGE)
    locked = FactorReset.objects.select_for_update().select_related("person").get(pk=reset.pk)
    if locked.settled_at is not None:
        raise Conflict("This has been settled already.")
    if second.pk == locked.person_id:
        raise NotAllowed("Somebody else must settle this for you.")
    if agree and second.pk == locked.asked_by_id:
        raise NotAllowed("You asked for this; a second administrator must agree.")
    locked.settled_by, locked.settled_at = second, now()
    refused = "withdrawn" if second.pk == locked.asked_by_id else "refused"
    locked.outcome = "approved" if agree else refused
    locked.save(update_fields=["settled_by", "settled_at", "outcome"])
    _record("factor.reset_settled", locked, actor, outcome=locked.outcome)
    if agree:
        factors_clear(person=locked.person, why="lost", actor=actor.name)
        sessions_end(person=locked.person, why="second factor reset", actor=actor.name)


def _record(name: str, reset: FactorReset, actor: Actor, **more: str) -> None:
    event_append(
        chain=SYSTEM_CHAIN, name=name, actor=actor.name,
        payload={"person": str(reset.person_id), "reset": str(reset.pk), **more},
    )  # fmt: skip
