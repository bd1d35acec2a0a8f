"""The actions a reviewer may take: their words; how measures are told."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext

from probity.decisions.measures import ACCOUNT, MANNERS
from probity.decisions.models import Action, Measure
from probity.web.language.later import later
from probity.web.language.tables import MEASURE_NAMES as NAMES

ACTION_WORDS = NAMES
#: Where a button has no room for the whole name.
SHORT = {Action.RESTRICT: later("Restrict")}
#: What will happen, in one sentence each.
WHAT = {
    Action.REMOVE: later("The host platform is told to take it down."),
    Action.SUSPEND: later("The host platform is told to suspend the account."),
    Action.RESTRICT: later("The host platform is told to block it in the places named."),
    Action.AGE_GATE: later("The host platform is told to show it to adults only."),
    Action.REDUCE: later("The host platform is told to show it to fewer people."),
    Action.LABEL: later("The host platform is told to label it; it stays visible."),
    Action.WARN: later("The host platform is told to warn the account."),
    Action.REFER: later("The host platform is told that the matter goes to the authority."),
    Action.PRESERVE: later("The host platform is told to preserve it; nobody sees a difference."),
    Action.NO_ACTION: later("It stays as it is; the host platform is told nothing new."),
}


@dataclass(frozen=True)
class Choice:
    """One action to choose, with what may be said about its scope and duration."""

    value: str
    words: str
    about: tuple[str, ...]
    by_place: bool
    lasting: bool

    @property
    def scoped(self) -> bool:
        """Whether anything about it can be chosen."""
        return len(self.about) > 1 or self.by_place or self.lasting


def choices() -> list[Choice]:
    """Every action, from the gravest on."""
    return [
        Choice(
            value=action,
            words=SHORT.get(action, NAMES[action]),
            about=manner.about,
            by_place=manner.by_place,
            lasting=manner.lasting,
        )
        for action, manner in MANNERS.items()
    ]


def headline(measures: Iterable[Measure]) -> str:
    """The names of a decision's measures, the gravest first."""
    order = list(MANNERS)
    actions = sorted((Action(row.action) for row in measures), key=order.index)
    return ", ".join(NAMES[action] for action in actions)


def scope_words(*, action: str, about: str, places: Iterable[str], days: int | None) -> list[str]:
    """What a measure concerns, where and for how long, each in words."""
    manner = MANNERS[Action(action)]
    named = ", ".join(places)
    said = [gettext("the account") if about == ACCOUNT else gettext("the item")]
    if manner.by_place:
        said.append(f"in {named}" if named else "everywhere")
    if manner.lasting:
        said.append(
            gettext("until it is changed")
            if days is None
            else gettext("for 1 day")
            if days == 1
            else gettext("for {days} days").format(days=days)
        )
    return said


def _lasting(days: int | None) -> str:
    if days is None:
        return gettext("until it is changed")
    return gettext("for 1 day") if days == 1 else gettext("for {days} days").format(days=days)
