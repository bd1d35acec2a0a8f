"""Writing down looks and breaks, and what people and leads choose."""

from __future__ import annotations

from django.db import transaction

from probity.accounts.actors import Actor
from probity.accounts.models import Person
from probity.accounts.roles import Ability
from probity.audit.services import SYSTEM_CHAIN, event_append
from probity.core.clock import now
from probity.core.errors import Conflict, InvalidInput

from .models import SHARE_MIN, AtLimit, Break, CareRules, Exposure, FirstStep, Preference, Severity
from .selectors import day_of, rules_now

RESOURCES_MAX = 4000
MINUTES_MOST = 24 * 60


class ExposureSpent(Conflict):
    """The day's budget for media of this severity is used; ``hand_on`` where the lead wants that
    cases then go to somebody else."""

    def __init__(self, sentence: str, *, hand_on: bool) -> None:
        super().__init__(sentence)
        self.hand_on = hand_on


def exposure_check(*, person: Person, severity: Severity, confirmed: bool) -> None:
    """Raise ExposureSpent where the day's budget is used and the person did not insist.

    Where the lead's rules hand cases on, insisting does not help.
    """
    used = day_of(person).of(severity)
    if used.share < 1:
        return
    if rules_now().at_limit == AtLimit.HAND_ON:
        raise ExposureSpent(
            "You have looked at as much of this kind as one day holds. Somebody else takes it on.",
            hand_on=True,
        )
    if not confirmed:
        raise ExposureSpent(
            "You have looked at as much of this kind as one day holds. Take a break, hand the case "
            "on, or confirm that you want to see more.",
            hand_on=False,
        )


def exposure_note(*, person: Person, severity: Severity, seconds: int) -> Exposure:
    """Count one sitting, in the transaction that writes its custody event."""
    return Exposure.objects.create(person=person, at=now(), severity=severity, seconds=seconds)


@transaction.atomic
def break_begin(*, actor: Actor) -> Break:
    """Take a break; raises Conflict while on one."""
    person = Person.objects.select_for_update().get(pk=actor.require_self().pk)
    if person.breaks.filter(ended_at=None).exists():
        raise Conflict("You are on a break already. End it before you take another one.")
    return Break.objects.create(person=person, began_at=now())


@transaction.atomic
def break_end(*, actor: Actor) -> None:
    """Come back; nothing happens to somebody who is not on a break."""
    actor.require_self().breaks.filter(ended_at=None).update(ended_at=now())


@transaction.atomic
def preference_set(*, actor: Actor, first_step: str, share: int) -> Preference:
    """Choose one's first step and a lower budget; raises InvalidInput for what is neither."""
    wrong = {}
    if first_step not in set(FirstStep):
        wrong["first_step"] = "Choose grey or colour."
    if not SHARE_MIN <= share <= 100:
        wrong["share"] = f"Choose between {SHARE_MIN} and 100 per cent."
    if wrong:
        raise InvalidInput.of(wrong)
    row, _ = Preference.objects.update_or_create(
        person=actor.require_self(), defaults={"first_step": first_step, "share": share}
    )
    return row


@transaction.atomic
def rules_set(
    *, actor: Actor, minutes: dict[Severity, int], at_limit: str, resources: str
) -> CareRules:
    """Set what a day holds, in minutes by severity, and what happens at its end.

    Raises InvalidInput for less than a minute or more than a day, an unknown end, a long text.
    """
    person = actor.require_person(Ability.CARE_MANAGE)
    text = resources.replace("\r\n", "\n").replace("\x00", "").strip()
    wrong = {
        f"minutes_{one}": "Give whole minutes, from 1 to a whole day."
        for one in Severity
        if not 1 <= minutes.get(one, 0) <= MINUTES_MOST
    }
    if at_limit not in set(AtLimit):
        wrong["at_limit"] = "Choose what happens when a budget is used."
    if len(text) > RESOURCES_MAX:
        wrong["resources"] = f"This is longer than {RESOURCES_MAX} characters; shorten it."
    if wrong:
        raise InvalidInput.of(wrong)
    row = CareRules.objects.create(
        ordinary_seconds=minutes[Severity.ORDINARY] * 60,
        grave_seconds=minutes[Severity.GRAVE] * 60,
        gravest_seconds=minutes[Severity.GRAVEST] * 60,
        at_limit=at_limit, resources=text, set_at=now(), set_by=person,
    )  # fmt: skip
    event_append(
        chain=SYSTEM_CHAIN, name="care.rules_set", actor=actor.name,
        payload={
            "rules": str(row.pk), "ordinary_seconds": row.ordinary_seconds,
            "grave_seconds": row.grave_seconds, "gravest_seconds": row.gravest_seconds,
            "at_limit": str(row.at_limit),
        },
    )  # fmt: skip
    return row
