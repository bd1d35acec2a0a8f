"""What may be asked for on many cases, read and checked once for all of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from probity.accounts.models import Person
from probity.accounts.roles import Ability
from probity.cases.handing import SNOOZE_MAX
from probity.cases.models import Queue
from probity.core.clock import now
from probity.core.errors import InvalidInput
from probity.decisions.measures import Asked, measures_read

from .models import BulkAction


@dataclass(frozen=True)
class Order:
    """One action with its particulars, in the form that a run keeps."""

    action: BulkAction
    what: Mapping[str, Any]

    @property
    def measures(self) -> list[Asked]:
        """The measures of a decision."""
        return [
            Asked(each["action"], each["about"], tuple(each["places"]), each["days"])
            for each in self.what.get("measures", [])
        ]

    @property
    def rules(self) -> list[str]:
        """The rules a decision rests on, where they apply."""
        return list(self.what.get("rules", []))

    @property
    def queue(self) -> Queue:
        """The queue that cases are put into."""
        return Queue.objects.get(key=self.what["queue"])

    @property
    def person(self) -> Person:
        """Whom cases are sent to."""
        return Person.objects.get(pk=UUID(self.what["person"]))

    @property
    def until(self) -> datetime:
        """Until when cases are put off."""
        return datetime.fromisoformat(self.what["until"])


def decide_order(*, measures: Sequence[Asked], rules: Sequence[str] = ()) -> Order:
    """Decide each case with these measures. Raises InvalidInput for what makes no sense at all."""
    known = measures_read(measures, case_places=["EU"])
    kept = [
        {
            "action": each.action,
            "about": each.about,
            # a restriction that names no place holds in the places of each case
            "places": list(asked.places),
            "days": each.days,
        }
        for each in known
        for asked in measures
        if asked.action == each.action
    ]
    return Order(BulkAction.DECIDE, {"measures": kept, "rules": list(rules)})


def send_order(*, username: str) -> Order:
    """Keep each case for a named person, who must be able to work on cases."""
    person = Person.objects.filter(username=username.strip(), is_active=True).first()
    if person is None or Ability.CASES_WORK not in person.abilities:
        raise InvalidInput.of(
            {"person": "Name somebody who works on cases, by their sign-in name."}
        )
    return Order(BulkAction.SEND, {"person": str(person.pk), "name": person.username})


def queue_order(*, key: str) -> Order:
    """Put each case into a queue."""
    queue = Queue.objects.filter(key=key).first()
    if queue is None:
        raise InvalidInput.of({"queue": "Choose a queue of the list."})
    return Order(BulkAction.QUEUE, {"queue": queue.key, "name": queue.title})


def snooze_order(*, until: datetime) -> Order:
    """Put each case off until a moment."""
    if not now() < until <= now() + SNOOZE_MAX:
        raise InvalidInput.of(
            {"until": f"Put them off to a moment within the next {SNOOZE_MAX.days} days."}
        )
    return Order(BulkAction.SNOOZE, {"until": until.isoformat()})


def release_order() -> Order:
    """Give each case back that one holds oneself."""
    return Order(BulkAction.RELEASE, {})
