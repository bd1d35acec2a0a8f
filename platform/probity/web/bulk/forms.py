"""What the forms of a run say, read into an order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from django.http import QueryDict
from django.utils.translation import gettext

from probity.bulk.asking import (
    Order,
    decide_order,
    queue_order,
    release_order,
    send_order,
    snooze_order,
)
from probity.bulk.models import BulkAction
from probity.core.errors import InvalidInput
from probity.decisions.measures import Asked

#: Everything a form of a run may carry from page to page.
NAMES = ("act", "places", "days", "person", "queue", "until", "reason")


@dataclass(frozen=True)
class Chosen:
    """The cases of a run: single ones, or all that a search finds."""

    query: str
    cases: Sequence[UUID]


def chosen_read(posted: QueryDict) -> Chosen:
    """The ticked cases, or the search when all of it was asked for."""
    if posted.get("pick") == "all":
        return Chosen(posted.get("q", ""), ())
    try:
        cases = [UUID(value) for value in posted.getlist("case")]
    except ValueError:
        raise InvalidInput.of({"cases": gettext("A case of the list is unknown. Search again.")})
    if not cases:
        raise InvalidInput.of(
            {"cases": gettext("Tick at least one case, or act on all that were found.")}
        )
    return Chosen(posted.get("q", ""), cases)


def order_read(posted: QueryDict) -> Order:
    """The action with its particulars; raises InvalidInput with a sentence per field."""
    act = posted.get("act", "")
    if act not in set(BulkAction):
        raise InvalidInput.of({"act": gettext("Choose what should happen to these cases.")})
    if act == BulkAction.DECIDE:
        return decide_order(measures=_measures(posted), rules=posted.getlist("rule"))
    if act == BulkAction.SEND:
        return send_order(username=posted.get("person", ""))
    if act == BulkAction.QUEUE:
        return queue_order(key=posted.get("queue", ""))
    if act == BulkAction.SNOOZE:
        return snooze_order(until=_until(posted.get("until", "")))
    return release_order()


def _measures(posted: QueryDict) -> list[Asked]:
    names = posted.getlist("measure")
    days = posted.get("days", "").strip()
    if days and not days.isdecimal():
        raise InvalidInput.of({"days": gettext("Give whole days, or leave them empty.")})
    places = tuple(posted.get("places", "").replace(",", " ").split())
    return [
        Asked(
            action=name,
            places=places if name in ("restrict", "age_gate", "reduce", "label") else (),
            days=int(days) if days and name not in ("warn", "refer", "no_action") else None,
        )
        for name in names
    ]


def _until(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise InvalidInput.of({"until": gettext("Give a day and an hour (UTC).")})
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
