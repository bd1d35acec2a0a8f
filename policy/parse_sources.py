"""The parts of a document that say what the law is and when: citations, timelines, records."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date

from policy.api import Citation, Grade, LegalState, Record, RecordKind, StateChange
from policy.cursor import Cursor
from policy.errors import PlaceRefused
from policy.places import normalise

_ENDS = (LegalState.SUNSET, LegalState.SUPERSEDED)
_MONTH = re.compile(r"(\d{4})-(\d{2})")
_RECORD = ("id", "title", "summary", "kind", "cite", "why_no_rule", "review_due")


def place(at: Cursor) -> str:
    """A jurisdiction in its one spelling."""
    try:
        return normalise(at.text())
    except PlaceRefused as error:
        raise at.refusal(error.sentence) from None


def citation(at: Cursor) -> Citation:
    """Law, section, where and when it was read, and its words or ours."""
    key = at.record(
        required=("law", "section", "read_on", "grade"), optional=("url", "quote", "paraphrase")
    )
    if "quote" not in key and "paraphrase" not in key:
        raise at.refusal("a citation needs a quote or a paraphrase.")
    return Citation(
        law=key["law"].text(),
        section=key["section"].text(),
        url=key["url"].text() if "url" in key else None,
        quote=key["quote"].text() if "quote" in key else None,
        paraphrase=key["paraphrase"].text() if "paraphrase" in key else None,
        read_on=key["read_on"].day(),
        grade=key["grade"].choice(Grade),
    )


def timeline(at: Cursor) -> tuple[StateChange, ...]:
    """The legal states in order of their days.

    A month (2024-10) says that the exact day is not known: within it the state is disputed, from
    the next month on it is what is written.
    """
    changes: list[StateChange] = []
    for entry in at.items():
        key = entry.record(required=("from", "state"), optional=("note",))
        state = key["state"].choice(LegalState)
        note = key["note"].text() if "note" in key else None
        if changes and changes[-1].state is state:
            raise key["state"].refusal(f"the rule is already {state} before this day.")
        if not changes and state in _ENDS:
            raise key["state"].refusal("a timeline cannot begin with its end.")
        for change in _changes(key["from"], state, note):
            if changes and changes[-1].start >= change.start:
                raise key["from"].refusal("the days of a status timeline must rise.")
            changes.append(change)
    return tuple(changes)


def _changes(at: Cursor, state: LegalState, note: str | None) -> Iterator[StateChange]:
    found = _MONTH.fullmatch(at.text())
    if not found:
        yield StateChange(start=at.day(), state=state, note=note)
        return
    year, month = int(found[1]), int(found[2])
    if not 1 <= month <= 12:
        raise at.refusal(f"{at.text()!r} is not in the calendar.")
    unsure = f"On which day of {at.text()} is not known."
    if state is not LegalState.DISPUTED:
        yield StateChange(start=date(year, month, 1), state=LegalState.DISPUTED, note=unsure)
    after = date(year + month // 12, month % 12 + 1, 1)
    yield StateChange(start=after, state=state, note=f"{note} {unsure}" if note else unsure)


def record(at: Cursor, *, home: str, citations: Mapping[str, Citation]) -> Record:
    """A dated piece of law that is no rule."""
    key = at.record(required=_RECORD, optional=("jurisdiction", "status", "open_notes"))
    cite = key["cite"].text()
    if cite not in citations:
        raise key["cite"].refusal(f"there is no citation {cite!r} in this pack.")
    return Record(
        id=key["id"].identifier(),
        title=key["title"].text(),
        summary=key["summary"].text(),
        kind=key["kind"].choice(RecordKind),
        jurisdiction=place(key["jurisdiction"]) if "jurisdiction" in key else home,
        citation=citations[cite],
        timeline=timeline(key["status"]) if "status" in key else (),
        why_no_rule=key["why_no_rule"].text(),
        open_notes=tuple(note.text() for note in key["open_notes"].items())
        if "open_notes" in key
        else (),
        review_due=key["review_due"].day(),
    )
