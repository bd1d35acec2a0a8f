"""Reading holds, schedules and erasure requests."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Min, Q, QuerySet

from probity.accounts.models import Person
from probity.cases.access import visible
from probity.cases.models import Case, WorkNote
from probity.contests.selectors import appeals_unnamed
from probity.core.errors import NotFound
from probity.evidence.models import Asset

from .models import ErasureRequest, LegalHold, NoteReview
from .receipts import erasure_digest


def holds_open(*, person: Person | None = None) -> QuerySet[LegalHold]:
    """Every hold that stands now, of those on cases this person may see, the latest first."""
    seen = visible(person, through="placed_in")
    return LegalHold.objects.filter(seen, released_at=None).select_related(
        "case", "asset", "placed_by", "placed_in"
    )


def holds_of_case(case: Case) -> QuerySet[LegalHold]:
    """Holds on a case or on one of its files, released ones too, the latest first."""
    assets = case.items.values("asset")
    rows = LegalHold.objects.filter(Q(case=case) | Q(asset__in=assets))
    return rows.select_related("placed_by", "released_by", "asset").order_by("-placed_at")


def case_held(case_id: UUID) -> bool:
    """Whether a hold on the whole case stands."""
    return LegalHold.objects.filter(case=case_id, released_at=None).exists()


def holds_on_asset(asset: Asset) -> QuerySet[LegalHold]:
    """Standing holds that keep a file: on itself, or on any case it lies in."""
    cases = asset.items.values("case")
    return holds_open().filter(Q(asset=asset) | Q(case__in=cases))


def cases_held(cases: Collection[UUID]) -> set[UUID]:
    """Which of these cases stand under a hold, or have a file that does."""
    rows = LegalHold.objects.filter(released_at=None)
    whole = set(rows.filter(case__in=cases).values_list("case", flat=True))
    files = rows.filter(asset__items__case__in=cases)
    return whole | set(files.values_list("asset__items__case", flat=True))


def hold_find(hold_id: UUID) -> LegalHold:
    """A hold by id; raises NotFound."""
    hold = LegalHold.objects.select_related("case", "asset", "placed_in").filter(pk=hold_id).first()
    if hold is None:
        raise NotFound("There is no legal hold with this id.")
    return hold


def uploader_known(case: Case) -> bool:
    """Whether anything is kept of whoever uploaded: their account, or appeals without one."""
    return case.uploader_id is not None or appeals_unnamed(case).exists()


@dataclass(frozen=True)
class NotesWaiting:
    """A case with notes to look at: how many, and when the first of them goes."""

    case: Case
    notes: int
    due_at: datetime


def notes_of_case(case: Case) -> list[NoteReview]:
    """The notes of a case that a person has to look at, in the order they were written."""
    rows = NoteReview.objects.filter(note__case=case, answer="").select_related("note__person")
    each = rows.order_by("note_id", "due_at").distinct("note_id")
    return sorted(each, key=lambda row: row.note.at)


def notes_open(*, person: Person | None = None) -> list[NotesWaiting]:
    """Cases with notes to look at, of those this person may see, the first to go first."""
    rows = NoteReview.objects.filter(visible(person, through="note__case"), answer="")
    counted = rows.order_by().values_list("note__case").annotate(
        notes=Count("note", distinct=True), due=Min("due_at")
    )  # fmt: skip
    found = {key: (notes, due) for key, notes, due in counted}
    cases = Case.objects.in_bulk(list(found))
    waiting = [NotesWaiting(cases[key], *said) for key, said in found.items()]
    return sorted(waiting, key=lambda one: one.due_at)


def note_find(case: Case, note_id: UUID) -> WorkNote:
    """A note of a case that was put before a person at some time; raises NotFound."""
    note = case.work_notes.filter(pk=note_id, reviews__isnull=False).first()
    if note is None:
        raise NotFound("There is no such note to look at in this case.")
    return note


def erasures_open(*, person: Person | None = None) -> QuerySet[ErasureRequest]:
    """Requests that wait for a person or for the worker, the nearest deadline first."""
    rows = ErasureRequest.objects.filter(visible(person, through="case"), ended_at=None)
    return rows.select_related("case", "decided_by").order_by("due_at")


def erasures_ended(*, person: Person | None = None) -> QuerySet[ErasureRequest]:
    """Requests that are closed, the latest first."""
    rows = ErasureRequest.objects.filter(visible(person, through="case")).exclude(ended_at=None)
    return rows.select_related("case", "decided_by").order_by("-ended_at")


def erasures_of_case(case: Case) -> QuerySet[ErasureRequest]:
    """What was asked about a case, the latest first."""
    return case.erasures.select_related("case", "decided_by", "entered_by")


def erasure_find(request_id: UUID) -> ErasureRequest:
    """A request by id; raises NotFound."""
    row = ErasureRequest.objects.select_related("case", "report").filter(pk=request_id).first()
    if row is None:
        raise NotFound("There is no erasure request with this id.")
    return row


def erasure_by_receipt(token: str) -> ErasureRequest:
    """The request behind a private address; raises NotFound."""
    rows = ErasureRequest.objects.select_related("case")
    row = rows.filter(receipt_digest=erasure_digest(token)).first()
    if row is None:
        raise NotFound("This address is not known here. Check that the whole of it was copied.")
    return row
