"""Reading the case page's small forms."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.http import QueryDict

from probity.core.errors import InvalidInput
from probity.decisions.facts import Value

TRUTHS: dict[str, Value] = {"true": True, "false": False, "unknown": None}


@dataclass(frozen=True)
class DecisionForm:
    """What was chosen and written."""

    action: str
    reason: str
    rules: list[str]
    seen: UUID | None
    and_next: bool


def answer_read(data: QueryDict) -> dict[str, Value]:
    """One fact and its value: true, false, unknown or a whole number; raises InvalidInput."""
    name, text = data.get("fact", ""), data.get("value", "").strip().lower()
    if text in TRUTHS:
        return {name: TRUTHS[text]}
    try:
        return {name: int(text)}
    except ValueError:
        raise InvalidInput.of({name: "Answer with True, False, Unknown or a whole number."})


def decision_read(data: QueryDict) -> DecisionForm:
    """The decision form; what is missing is said by the service."""
    return DecisionForm(
        action=data.get("action", ""),
        reason=_clean(data.get("reason", "")),
        rules=list(dict.fromkeys(data.getlist("rules"))),
        seen=id_read(data, "seen") if data.get("seen") else None,
        and_next="next" in data,
    )


def id_read(data: QueryDict, name: str) -> UUID:
    """An id of ours in a form; raises InvalidInput."""
    try:
        return UUID(data.get(name, ""))
    except ValueError:
        raise InvalidInput("The form is incomplete. Reload the page and try again.")


def _clean(text: str) -> str:
    """Browsers send CR LF; the database takes no null characters."""
    return text.replace("\r\n", "\n").replace("\x00", "")
