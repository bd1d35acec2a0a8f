"""What became of a measure at the host platform: sent, taken, refused, done."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

from django.db import transaction

from probity.accounts.actors import Actor
from probity.accounts.roles import Ability
from probity.audit.commitments import commit_to
from probity.audit.services import case_chain, event_append
from probity.cases.models import Case
from probity.core.clock import now
from probity.core.errors import InvalidInput, NotFound
from probity.outbox.models import Message, MessageState

from .carrying import SILENT, measure_subject
from .models import MEASURE_EVENTS, OUTCOMES, Measure, MeasureOutcome

NOTE_MAX = 500
STATES = {
    MessageState.WAITING: "waiting",
    MessageState.SENDING: "waiting",
    MessageState.SENT: "delivered",
    MessageState.DEAD: "dead",
}


@transaction.atomic
def outcome_record(
    *, reference: UUID, event: str, outcome: str, note: str, actor: Actor
) -> MeasureOutcome:
    """Write down what the host platform says came of what it was told about a measure.

    Saying the same again gives the first answer back; saying something else adds to it, and the
    latest counts. Raises NotAllowed, NotFound for an unknown reference or an event the platform was
    not told, InvalidInput.
    """
    person = actor.require_person(Ability.MEASURES_REPORT)
    _check(event, outcome, note)
    measure = measure_find(reference)
    Case.objects.select_for_update().get(pk=measure.decision.case_id)
    if not _happened(measure, event):
        raise NotFound("Nothing of this kind was told about this measure.")
    last = _latest(reference, event)
    if last and (last.outcome, last.note) == (outcome, note.strip()):
        return last
    digest, salt = commit_to(note.strip()) if note.strip() else ("", "")
    row = MeasureOutcome.objects.create(
        measure=measure, event=event, outcome=outcome, note=note.strip(), note_salt=salt,
        person=person, at=now(),
    )  # fmt: skip
    event_append(
        chain=case_chain(measure.decision.case_id),
        name="measure.outcome",
        actor=actor.name,
        payload={
            "measure": str(reference),
            "outcome": str(row.pk),
            "event": event,
            "result": outcome,
            "note": digest,
        },
    )
    return row


def measure_find(reference: UUID) -> Measure:
    """The newest row of a measure; raises NotFound."""
    rows = Measure.objects.select_related("decision__case").filter(
        reference=reference, starts_at__isnull=False
    )
    measure = rows.order_by("-starts_at").first()
    if measure is None:
        raise NotFound("There is no measure with this reference.")
    return measure


@dataclass(frozen=True)
class Told:
    """One thing the platform was told about a measure, and what came of it.

    ``state`` is nobody (no endpoint is subscribed), waiting, dead, delivered, or what the platform
    said: done, refused, failed, with its ``note`` and when. ``tries`` counts attempts to send,
    ``error`` is what the last failed one met.
    """

    event: str
    state: str
    note: str = ""
    at: datetime | None = None
    endpoint: str = ""
    tries: int = 0
    error: str = ""
    message: UUID | None = None


@dataclass(frozen=True)
class Delivered:
    """Everything the platform was told about one measure."""

    lines: list[Told] = field(default_factory=list)

    @property
    def state(self) -> str:
        """The latest word, and the worst where several endpoints were told."""
        if not self.lines:
            return "nobody"
        order = ("dead", "failed", "refused", "waiting", "delivered", "done", "nobody")
        last = self.lines[-1].event
        return min((line.state for line in self.lines if line.event == last), key=order.index)


def deliveries_of(measures: Iterable[Measure]) -> Mapping[UUID, Delivered]:
    """What the platform was told about each measure, by the measure's id; two queries in all."""
    rows = [row for row in measures if row.starts_at and row.action not in SILENT]
    messages = _messages(rows)
    said = _said(rows)
    return {
        row.pk: Delivered(
            [
                line
                for event in _events(row)
                for line in _lines(
                    event,
                    messages.get((measure_subject(row), event), []),
                    said.get((row.reference, event)),
                )
            ]
        )
        for row in rows
    }


def _events(row: Measure) -> list[str]:
    """What happened to a measure that the platform is told, the first thing first."""
    return ["applied", *([row.over_why] if row.over_why in MEASURE_EVENTS else [])]


def _lines(event: str, messages: list[Message], outcome: MeasureOutcome | None) -> list[Told]:
    """One line per endpoint that was told; what the platform said came of it goes before."""
    if not messages:
        return [Told(event, *_outcome(outcome, "nobody"))]
    return [
        replace(
            Told(event, *_outcome(outcome, STATES[MessageState(message.state)])),
            endpoint=message.endpoint.name if message.endpoint else "",
            tries=message.attempts,
            error=message.error,
            message=message.pk,
        )
        for message in messages
    ]


def _outcome(outcome: MeasureOutcome | None, otherwise: str) -> tuple[str, str, datetime | None]:
    return (outcome.outcome, outcome.note, outcome.at) if outcome else (otherwise, "", None)


def _messages(rows: Sequence[Measure]) -> dict[tuple[str, str], list[Message]]:
    found: dict[tuple[str, str], list[Message]] = {}
    about = [measure_subject(row) for row in rows]
    for message in (
        Message.objects.filter(about__in=about).select_related("endpoint").order_by("queued_at")
    ):
        key = message.about, message.kind.removeprefix("measure.")
        found.setdefault(key, []).append(message)
    return found


def _said(rows: Sequence[Measure]) -> dict[tuple[UUID, str], MeasureOutcome]:
    """The latest outcome of each event."""
    outcomes = MeasureOutcome.objects.filter(measure__reference__in=[row.reference for row in rows])
    return {
        (outcome.measure.reference, outcome.event): outcome
        for outcome in outcomes.select_related("measure").order_by("at")
    }


def _happened(measure: Measure, event: str) -> bool:
    return event in _events(measure)


def _latest(reference: UUID, event: str) -> MeasureOutcome | None:
    rows = MeasureOutcome.objects.filter(measure__reference=reference, event=event)
    return rows.order_by("-at").first()


def _check(event: str, outcome: str, note: str) -> None:
    wrong: dict[str, str] = {}
    if event not in MEASURE_EVENTS:
        wrong["event"] = f"“event” is what you were told: {', '.join(MEASURE_EVENTS)}."
    if outcome not in OUTCOMES:
        wrong["outcome"] = f"“outcome” is one of: {', '.join(OUTCOMES)}."
    if len(note.strip()) > NOTE_MAX:
        wrong["note"] = f"Shorten the note to {NOTE_MAX} characters."
    if wrong:
        raise InvalidInput.of(wrong)
