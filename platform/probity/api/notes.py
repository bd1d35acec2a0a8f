"""Work notes that may speak of somebody who was erased, for programs: each waits for a person."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from probity.accounts.roles import Ability
from probity.cases.selectors import case_find
from probity.keeping.models import NoteReview
from probity.keeping.notes import note_keep, note_remove
from probity.keeping.selectors import note_find, notes_of_case

from .authentication import request_actor
from .base import ERRORS, View
from .bodies import read
from .paging import PAGE, listed_here, page_out
from .representations import moment
from .shapes import ident, shape, text, when

NoteReviewOut = shape(
    "NoteReviewOut", "A note to look at; what nobody looks at in time is erased.", note=ident(),
    person=text(), text=text(), at=when(), due_at=when(),
)  # fmt: skip
NoteReviewsPage = page_out("NoteReviewsPage", "notes", NoteReviewOut)
NoteAnswerIn = shape(
    "NoteAnswerIn", "“keep” a note that speaks of nothing that was erased, or “erase” it.",
    answer=serializers.ChoiceField(choices=["keep", "erase"]),
)  # fmt: skip


class NoteReviews(View):
    """The notes of a case."""

    ability = Ability.ERASURES_DECIDE

    @extend_schema(
        operation_id="note_reviews_list",
        summary="Notes of a case that may speak of what was erased, and until when to look",
        parameters=PAGE,
        responses={200: NoteReviewsPage, **ERRORS},
    )
    def get(self, request: Request, case_id: UUID) -> Response:
        rows = notes_of_case(case_find(case_id))
        return listed_here(request, rows, key=lambda row: row.pk, name="notes", show=_shown)


class NoteReviewAnswer(View):
    """A person's word on one of them."""

    ability = Ability.ERASURES_DECIDE

    @extend_schema(
        operation_id="note_review_answer",
        summary="Keep a note that speaks of nothing that was erased, or erase it",
        request=NoteAnswerIn,
        responses={204: None, **ERRORS},
    )
    def post(self, request: Request, case_id: UUID, note_id: UUID) -> Response:
        found, answer = note_find(case_find(case_id), note_id), read(NoteAnswerIn, request)
        act = note_keep if answer["answer"] == "keep" else note_remove
        act(note=found, actor=request_actor(request))
        return Response(status=status.HTTP_204_NO_CONTENT)


def _shown(row: NoteReview) -> dict[str, Any]:
    return {
        "note": str(row.note_id),
        "person": row.note.person.username,
        "text": row.note.text,
        "at": moment(row.note.at),
        "due_at": moment(row.due_at),
    }
