"""The actions a reviewer may take: their letters and their words."""

from __future__ import annotations

from dataclasses import dataclass

from probity.decisions.models import Action

ACTION_WORDS = {
    Action.REMOVE: "Remove",
    Action.LABEL: "Label",
    Action.RESTRICT: "Restrict",
    Action.AGE_GATE: "Adults only",
    Action.REDUCE: "Show less",
    Action.WARN: "Warn",
    Action.SUSPEND: "Suspend",
    Action.REFER: "Refer",
    Action.PRESERVE: "Preserve",
    Action.NO_ACTION: "No action",
}
KEYS = {
    Action.REMOVE: "r",
    Action.LABEL: "l",
    Action.RESTRICT: "t",
    Action.AGE_GATE: "a",
    Action.REDUCE: "d",
    Action.WARN: "w",
    Action.SUSPEND: "s",
    Action.REFER: "f",
    Action.PRESERVE: "p",
    Action.NO_ACTION: "n",
}


@dataclass(frozen=True)
class Choice:
    """One action to choose."""

    value: str
    words: str
    key: str


def choices() -> list[Choice]:
    """Every action, from the strongest on."""
    return [Choice(action, ACTION_WORDS[action], KEYS[action]) for action in Action]
