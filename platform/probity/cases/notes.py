"""Why somebody did something with a case, in their own words: kept here, vouched for by the log."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from django.db import transaction

from probity.accounts.models import Person
from probity.audit.commitments import commit_to
from probity.audit.services import case_chain, event_append
from probity.core.clock import now
from probity.core.errors import InvalidInput

from .models import Case, WorkNote

TEXT_MAX = 2_000


def reason_check(text: str, *, needed: str = "") -> str:
    """The text, tidied; raises InvalidInput with ``needed`` when it is empty, or when too long."""
    text = text.replace("\r\n", "\n").replace("\x00", "").strip()
    if needed and not text:
        raise InvalidInput.of({"reason": needed})
    if len(text) > TEXT_MAX:
        raise InvalidInput.of(
            {"reason": f"The reason is longer than {TEXT_MAX} characters; shorten it."}
        )
    return text


def work_note(*, case: Case, kind: str, person: Person, text: str, actor: str) -> WorkNote | None:
    """Keep why something was done to a locked case, in the caller's transaction; none for none."""
    if not text:
        return None
    digest, salt = commit_to(text)
    note = WorkNote.objects.create(
        case=case, kind=kind, person=person, text=text, salt=salt, at=now()
    )
    event_append(
        chain=case_chain(case.pk),
        name="case.noted",
        actor=actor,
        payload={"note": str(note.pk), "kind": kind, "text": digest},
    )
    return note


@transaction.atomic
def work_notes_erase(*, case: Case, notes: Collection[UUID], actor: str) -> None:
    """Erase the words of some of a locked case's notes with their salts.

    That somebody did something, and when, stays.
    """
    rows = WorkNote.objects.select_for_update(of=("self",)).filter(case=case, pk__in=notes)
    keys = [str(row.pk) for row in rows.exclude(text="").order_by("at")]
    if keys:
        WorkNote.objects.filter(pk__in=keys).update(text="", salt="")
        event_append(
            chain=case_chain(case.pk), name="case.notes_erased", actor=actor,
            payload={"notes": keys},
        )  # fmt: skip
