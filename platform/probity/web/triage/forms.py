"""Reading the case page's small forms."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.http import QueryDict
from django.utils.translation import gettext

from probity.cases.notice import places_read
from probity.core.errors import InvalidInput
from probity.decisions.facts import Value
from probity.decisions.measures import Asked

DAYS_LENGTH = 6
TRUTHS: dict[str, Value] = {"true": True, "false": False, "unknown": None}


@dataclass(frozen=True)
class DecisionForm:
    """What was chosen and written."""

    measures: list[Asked]
    fields: dict[str, str]
    reason: str
    rules: list[str]
    seen: UUID | None
    version: int | None
    and_next: bool

    @property
    def actions(self) -> list[str]:
        """What was ticked."""
        return [each.action for each in self.measures]


def answer_read(data: QueryDict) -> dict[str, Value]:
    """One fact and its value: true, false, unknown or a whole number; raises InvalidInput."""
    name, text = data.get("fact", ""), data.get("value", "").strip().lower()
    if text in TRUTHS:
        return {name: TRUTHS[text]}
    try:
        return {name: int(text)}
    except ValueError:
        raise InvalidInput.of(
            {name: gettext("Answer with True, False, Unknown or a whole number.")}
        )


def decision_read(data: QueryDict) -> DecisionForm:
    """The decision form; what is missing is said by the service."""
    actions = list(dict.fromkeys(filter(None, data.getlist("action"))))
    return DecisionForm(
        measures=[_asked(data, action) for action in actions],
        fields={
            name: value
            for name, value in data.items()
            if isinstance(value, str) and name.startswith(("about_", "places_", "days_"))
        },
        reason=_clean(data.get("reason", "")),
        rules=list(dict.fromkeys(data.getlist("rules"))),
        seen=id_read(data, "seen") if data.get("seen") else None,
        version=_number(data.get("version", "")),
        and_next="next" in data,
    )


def _number(text: str) -> int | None:
    return int(text) if text.isdecimal() and text.isascii() else None


def _asked(data: QueryDict, action: str) -> Asked:
    """One ticked action with what stands in its fields; raises InvalidInput for days in words."""
    days = data.get(f"days_{action}", "").strip()
    if days and not (days.isdecimal() and days.isascii() and len(days) <= DAYS_LENGTH):
        raise InvalidInput.of(
            {f"days_{action}": gettext("Give the days as a whole number, or leave them empty.")}
        )
    return Asked(
        action=action,
        about=data.get(f"about_{action}", ""),
        places=places_read(data.get(f"places_{action}", "")),
        days=int(days) if days else None,
    )


def id_read(data: QueryDict, name: str) -> UUID:
    """An id of ours in a form; raises InvalidInput."""
    try:
        return UUID(data.get(name, ""))
    except ValueError:
        raise InvalidInput(gettext("The form is incomplete. Reload the page and try again."))


def _clean(text: str) -> str:
    """Browsers send CR LF; the database takes no null characters."""
    return text.replace("\r\n", "\n").replace("\x00", "")
