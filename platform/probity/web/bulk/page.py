"""What the pages of runs show."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils.translation import gettext

from probity.accounts.models import Person
from probity.accounts.roles import Ability
from probity.bulk.models import AT_WORK, BulkAction, BulkItem, BulkRun, ItemState, RunState
from probity.bulk.selectors import counts_of, items_of
from probity.core.clock import now
from probity.decisions.models import Action
from probity.web.language.later import later
from probity.web.language.tables import MEASURE_NAMES as NAMES
from probity.web.words import absolute

ITEMS_SHOWN = 500
STATE_WORDS = {
    RunState.WAITING: later("Waits for a second person"),
    RunState.RUNNING: later("At work"),
    RunState.DONE: later("Done"),
    RunState.STOPPED: later("Stopped"),
    RunState.REFUSED: later("Refused"),
    RunState.UNDOING: later("Being undone"),
    RunState.UNDONE: later("Undone"),
}
ITEM_WORDS = {
    ItemState.LEFT_OUT: later("Left out"),
    ItemState.CHOSEN: later("To do"),
    ItemState.DONE: later("Done"),
    ItemState.FAILED: later("Not done"),
    ItemState.UNDONE: later("Undone"),
    ItemState.KEPT: later("Not undone"),
}


@dataclass(frozen=True)
class Part:
    """How many cases stand where."""

    key: str
    words: str
    count: int


@dataclass(frozen=True)
class ItemRow:
    """One case of a run."""

    item: BulkItem
    words: str


@dataclass(frozen=True)
class RunPage:
    """One run, its cases, and what this person may do about it."""

    run: BulkRun
    parts: list[Part]
    rows: list[ItemRow]
    at_work: bool
    may_answer: bool
    may_stop: bool
    may_undo: bool

    @property
    def words(self) -> str:
        """What the run does, in words."""
        return order_words(self.run.action, self.run.what)

    @property
    def state_words(self) -> str:
        """Where it stands."""
        return STATE_WORDS[RunState(self.run.state)]

    @property
    def total(self) -> int:
        """The cases it acts on."""
        return sum(part.count for part in self.parts if part.key != ItemState.LEFT_OUT)

    @property
    def settled(self) -> int:
        """Those of them that are settled, one way or the other."""
        return sum(
            part.count
            for part in self.parts
            if part.key not in (ItemState.LEFT_OUT, ItemState.CHOSEN)
        )


def run_page(*, run: BulkRun, person: Person) -> RunPage:
    """Gather one run as this person sees it."""
    counts = counts_of(run)
    mine = run.person_id == person.pk
    able = Ability.BULK_RUN in person.abilities
    undoable = run.state in (RunState.RUNNING, RunState.DONE, RunState.STOPPED)
    in_time = run.undo_until is not None and now() <= run.undo_until
    return RunPage(
        run=run,
        parts=[Part(state, ITEM_WORDS[state], counts[state]) for state in ItemState],
        rows=[
            ItemRow(item, ITEM_WORDS[ItemState(item.state)])
            for item in items_of(run, person)[:ITEMS_SHOWN]
        ],
        at_work=run.state in AT_WORK,
        may_answer=(
            run.state == RunState.WAITING
            and not mine
            and Ability.DECISIONS_APPROVE in person.abilities
        ),
        may_stop=run.state == RunState.RUNNING and able,
        may_undo=undoable and in_time and able and (mine or run.action != BulkAction.DECIDE),
    )


def order_words(action: str, what: Mapping[str, Any]) -> str:
    """An action with its particulars, in words."""
    if action == BulkAction.DECIDE:
        named = ", ".join(_measure_words(each) for each in what["measures"])
        if not what.get("rules"):
            return gettext("Decide: {named}").format(named=named)
        return gettext("Decide: {named}; rests on the chosen rules ({rules})").format(
            named=named, rules=len(what["rules"])
        )
    if action == BulkAction.SEND:
        return gettext("Send to {name}").format(name=what["name"])
    if action == BulkAction.QUEUE:
        return gettext("Put into the queue “{name}”").format(name=what["name"])
    if action == BulkAction.SNOOZE:
        return gettext("Put off until {until}").format(
            until=absolute(datetime.fromisoformat(str(what["until"])))
        )
    return gettext("Give back to the queue")


def _measure_words(measure: Mapping[str, Any]) -> str:
    words = NAMES[Action(measure["action"])]
    if measure["places"]:
        words = gettext("{words} in {places}").format(
            words=words, places=", ".join(measure["places"])
        )
    return (
        gettext("{words} for {days} days").format(words=words, days=measure["days"])
        if measure["days"]
        else words
    )


def limits() -> dict[str, int]:
    """What the operator allows a run."""
    return {
        "most": settings.BULK_MAX,
        "second_above": settings.BULK_SECOND_ABOVE,
        "undo_minutes": max(1, settings.BULK_UNDO_SECONDS // 60),
    }
