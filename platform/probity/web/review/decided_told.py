"""What a case's log says of decisions on their way: undone, agreed to, refused, in effect."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext

from probity.audit.commitments import commitment_opens
from probity.decisions.models import Action, Approval, Measure, MeasureOutcome
from probity.web.language.later import later
from probity.web.language.tables import MEASURE_NAMES as NAMES
from probity.web.triage.actions_words import scope_words
from probity.web.words import absolute

Payload = Mapping[str, Any]
Lines = tuple[list[str], bool | None]

RESULT_WORDS = {
    "done": later("The host platform says that it is done"),
    "refused": later("The host platform refuses it"),
    "failed": later("The host platform says that it failed"),
}
OVER_WORDS = {"lifted": later("was lifted"), "expired": later("ended, because its time was over")}


def measure_lines(payload: Payload) -> list[str]:
    """The measures of a decision as its event tells them."""
    return [
        f"{NAMES[Action(line['action'])]}: "
        + ", ".join(
            scope_words(
                action=line["action"],
                about=line["about"],
                places=line["places"],
                days=line["days"],
            )
        )
        + "."
        for line in payload.get("measures", [])
    ]


def measures_stored(payload: Payload) -> bool:
    """Whether the measures that the event names are stored as it names them."""
    told = payload.get("measures", [])
    rows = {str(row.pk): row for row in Measure.objects.filter(decision=payload["decision"])}
    return len(rows) == len(told) and all(
        line["measure"] in rows
        and rows[line["measure"]].action == line["action"]
        and rows[line["measure"]].scope == {"about": line["about"], "places": line["places"]}
        and rows[line["measure"]].days == line["days"]
        for line in told
    )


def _answered(payload: Payload) -> Lines:
    row = Approval.objects.filter(pk=payload["answer"]).first()
    if row is None:
        return [gettext("The answer is no longer stored.")], None
    if not row.reason:
        return [
            gettext("Second person: {username}.").format(username=row.person.username)
        ], row.given
    good = commitment_opens(digest=payload["reason"], salt=row.reason_salt, value=row.reason)
    return [
        gettext("Second person: {username}. “{reason}”").format(
            username=row.person.username, reason=row.reason
        )
    ], good


def _undone(payload: Payload) -> Lines:  # noqa: ARG001
    return [gettext("Nothing had been sent.")], None


def _effective(payload: Payload) -> Lines:
    lines = []
    for line in payload["measures"]:
        name = NAMES[Action(line["action"])]
        if line["continues"]:
            lines.append(gettext("{name} goes on as it was.").format(name=name))
        elif line["ends"]:
            lines.append(
                gettext("{name} begins, until {ends}.").format(
                    name=name, ends=absolute(datetime.fromisoformat(line["ends"]))
                )
            )
        else:
            lines.append(gettext("{name} begins, until it is changed.").format(name=name))
    if payload["supersedes"]:
        lines.append(gettext("It replaces the decision before."))
    return lines, None


def _over(payload: Payload) -> Lines:
    row = Measure.objects.filter(pk=payload["measure"]).first()
    line = f"{NAMES[Action(payload['action'])]} {OVER_WORDS[payload['why']]}."
    return [line], row.over_why == payload["why"] if row else None


def _outcome(payload: Payload) -> Lines:
    row = MeasureOutcome.objects.filter(pk=payload["outcome"]).first()
    if row is None:
        return [gettext("What it said is no longer stored.")], None
    said = gettext("{result_words} (told: {event})").format(
        result_words=RESULT_WORDS[row.outcome], event=row.event
    )
    line = f"{said}: “{row.note}”" if row.note else f"{said}."
    good = row.outcome == payload["result"] and row.event == payload["event"]
    if row.note:
        good = good and commitment_opens(digest=payload["note"], salt=row.note_salt, value=row.note)
    return [line], good


DECISION_EVENTS: dict[str, Callable[[Payload], Lines]] = {
    "decision.approved": _answered,
    "decision.refused": _answered,
    "decision.undone": _undone,
    "decision.effective": _effective,
    "measure.over": _over,
    "measure.outcome": _outcome,
}
