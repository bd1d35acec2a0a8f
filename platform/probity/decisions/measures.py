"""What may be asked for together: each measure's scope and duration, and what contradicts what."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from probity.core.errors import InvalidInput

from .law import places_check
from .models import Action, Decision

ITEM, ACCOUNT = "item", "account"
DAYS_MAX = 3650


@dataclass(frozen=True)
class Manner:
    """How a measure may be asked for: what it may concern, by place, for a time.

    ``placed`` means that it makes no sense without a place.
    """

    about: tuple[str, ...] = (ITEM, ACCOUNT)
    by_place: bool = False
    placed: bool = False
    lasting: bool = True


#: From the gravest on; a decision's headline is the first of its actions here.
MANNERS: Mapping[Action, Manner] = {
    Action.REMOVE: Manner(),
    Action.SUSPEND: Manner(about=(ACCOUNT,)),
    Action.RESTRICT: Manner(by_place=True, placed=True),
    Action.AGE_GATE: Manner(by_place=True),
    Action.REDUCE: Manner(by_place=True),
    Action.LABEL: Manner(by_place=True),
    Action.WARN: Manner(about=(ACCOUNT,), lasting=False),
    Action.REFER: Manner(lasting=False),
    Action.PRESERVE: Manner(),
    Action.NO_ACTION: Manner(about=(ITEM,), lasting=False),
}

NEEDS_SIGHT = (Action.RESTRICT, Action.AGE_GATE, Action.REDUCE, Action.LABEL)
NAMES: Mapping[Action, str] = {
    Action.REMOVE: "Remove",
    Action.SUSPEND: "Suspend",
    Action.RESTRICT: "Restrict by place",
    Action.AGE_GATE: "Adults only",
    Action.REDUCE: "Show less",
    Action.LABEL: "Label",
    Action.WARN: "Warn",
    Action.REFER: "Refer",
    Action.PRESERVE: "Preserve",
    Action.NO_ACTION: "No action",
}


@dataclass(frozen=True)
class Asked:
    """One measure as a person asks for it; no places means everywhere, no days until changed."""

    action: str
    about: str = ""
    places: Sequence[str] = field(default=())
    days: int | None = None

    @property
    def scope(self) -> dict[str, object]:
        """As it is kept."""
        return {"about": self.about, "places": list(self.places)}


def measures_read(asked: Iterable[Asked], *, case_places: Sequence[str]) -> list[Asked]:
    """The measures as they will be kept, the gravest first: defaults filled in, places spelled.

    A measure is about the item unless it can only be about the account; a restriction by place
    that names none holds in the places of the case. Raises InvalidInput with a sentence per field
    for what is unknown, makes no sense by itself, or contradicts another.
    """
    wrong: dict[str, str] = {}
    read: list[Asked] = []
    for each in asked:
        try:
            read.append(_one(each, case_places))
        except InvalidInput as refusal:
            wrong |= refusal.fields
    chosen = [Action(each.action) for each in read]
    if not read and not wrong:
        wrong["action"] = f"Choose at least one action: {', '.join(Action)}."
    if len(set(chosen)) < len(chosen):
        wrong["action"] = "An action is named twice. Name each once, with one scope."
    if clash := contradiction(chosen):
        wrong.setdefault("action", clash)
    if wrong:
        raise InvalidInput.of(wrong)
    order = list(MANNERS)
    return sorted(read, key=lambda each: order.index(Action(each.action)))


def actions_of(decision: Decision) -> list[Action]:
    """Its actions, the gravest first."""
    order = list(MANNERS)
    return sorted((Action(row.action) for row in decision.measures.all()), key=order.index)


def measures_again(decision: Decision) -> list[Asked]:
    """The measures of a decision, as they would be asked for once more."""
    return [
        Asked(row.action, row.scope["about"], tuple(row.scope["places"]), row.days)
        for row in decision.measures.all()
    ]


def contradiction(chosen: Sequence[Action]) -> str:
    """Why these actions cannot stand together, or an empty sentence."""
    others = [action for action in chosen if action != Action.NO_ACTION]
    if Action.NO_ACTION in chosen and others:
        names = " and ".join(f"“{NAMES[action]}”" for action in others)
        return (
            f"“No action” says that nothing happens, and {names} says that something does. "
            "Take one of them away."
        )
    if Action.REMOVE in chosen:
        for other in NEEDS_SIGHT:
            if other in chosen:
                return (
                    f"What is removed is shown to nobody, so “{NAMES[other]}” has nothing left to "
                    "change. Choose one of the two; to take it away in some places only, choose "
                    "“Restrict by place” alone."
                )
    return ""


def _one(asked: Asked, case_places: Sequence[str]) -> Asked:
    if asked.action not in set(Action):
        raise InvalidInput.of({"action": f"Choose an action: {', '.join(Action)}."})
    action = Action(asked.action)
    manner, name = MANNERS[action], NAMES[action]
    wrong: dict[str, str] = {}
    about = asked.about or manner.about[0]
    if about not in (ITEM, ACCOUNT):
        wrong[f"about_{action}"] = f"“{name}” concerns the item or the account; choose one."
    elif about not in manner.about:
        only = "the account" if manner.about == (ACCOUNT,) else "the item"
        wrong[f"about_{action}"] = f"“{name}” can only concern {only}. Choose that."
    places = list(asked.places)
    try:
        places = places_check(places)
    except InvalidInput as refusal:
        wrong[f"places_{action}"] = f"“{name}”: {refusal.sentence}"
    if places and not manner.by_place:
        hint = " To take it away in some places only, choose “Restrict by place”."
        wrong[f"places_{action}"] = f"“{name}” holds everywhere; leave the places empty." + (
            hint if action == Action.REMOVE else ""
        )
    if manner.placed and not places and f"places_{action}" not in wrong:
        places = list(case_places)
        if not places:
            wrong[f"places_{action}"] = f"“{name}”: say where, for example DE or US-CA."
    if asked.days is not None:
        wrong |= _days(action, asked.days)
    if wrong:
        raise InvalidInput.of(wrong)
    return Asked(action=action, about=about, places=tuple(places), days=asked.days)


def _days(action: Action, days: object) -> dict[str, str]:
    name = NAMES[action]
    if not MANNERS[action].lasting:
        return {f"days_{action}": f"“{name}” happens once; leave the days empty."}
    if isinstance(days, bool) or not isinstance(days, int) or not 1 <= days <= DAYS_MAX:
        return {
            f"days_{action}": f"“{name}”: give whole days from 1 to {DAYS_MAX}, or leave them "
            "empty to have it last until it is changed."
        }
    return {}
