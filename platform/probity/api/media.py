"""Looking at media, for programs: concealed until a person's token asks, on the record each time.

What leaves is never the uploaded file but what the child encoded anew; a reveal counts against the
person's day, is a custody event, and lasts for one sitting.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import FileResponse
from django.urls import reverse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from probity.accounts.roles import Ability
from probity.analysis.timeline import player_facts
from probity.care.selectors import greys_first
from probity.care.services import ExposureSpent
from probity.cases.models import Case, EvidenceItem
from probity.cases.selectors import case_find
from probity.core.clock import now
from probity.core.errors import NotFound
from probity.evidence.models import Asset, Derivative
from probity.evidence.selectors import derivative_find, derivative_open, derivatives_of
from probity.evidence.services import AssetSealed
from probity.matching.selectors import match_find
from probity.workflow.case_compare import pair_reveal
from probity.workflow.case_decide import media_reveal
from probity.workflow.viewing import (
    SITTING,
    TYPES,
    Step,
    case_hand_on,
    copy_require,
    media_step,
    needs_reveal,
)

from .authentication import request_actor
from .base import ERRORS, View
from .bodies import read
from .paging import PAGE, listed, page_out
from .problems import refused
from .representations import moment
from .shapes import free, ident, shape, text, truth, when, whole

SafeCopyOut = shape(
    "SafeCopyOut", "A safe copy; “concealed”: it has to be revealed before its bytes are given.",
    id=ident(), name=text(), media_type=text(), bytes=whole(), sha256=text(), concealed=truth(),
    address=text(), made_at=when(),
)  # fmt: skip
MediaFileOut = shape(
    "MediaFileOut", "A file of a case; of a sealed one nothing is shown.", sha256=text(),
    kind=text(null=True), sealed=truth(), copies=SafeCopyOut(many=True),
)  # fmt: skip
MediaPage = page_out("MediaPage", "files", MediaFileOut)
RevealIn = shape(
    "RevealIn", "“confirmed”: show it although the day's budget is used, where leads allow that.",
    confirmed=serializers.BooleanField(default=False),
)  # fmt: skip
RevealedOut = shape(
    "RevealedOut",
    "Copies that are revealed until then; “grey_first”: the person wants to see grey pictures "
    "first, and colour is a step of its own.",
    copies=SafeCopyOut(many=True), until=when(), grey_first=truth(),
)  # fmt: skip
StepIn = shape(
    "StepIn", "What the person goes on to.", step=serializers.ChoiceField(choices=list(Step))
)
GivenOnOut = shape("GivenOnOut", "Whether the case went back.", given=truth())
PlayerOut = shape(
    "PlayerOut", "Times of the copy's frames, and where faces are; null where that is unknown.",
    frames=free(null=True), faces=free(null=True),
)  # fmt: skip


class Media(View):
    """The files of a case."""

    ability = Ability.CASES_READ

    @extend_schema(
        operation_id="media_list",
        summary="The files of a case and the safe copies of each; the bytes come one by one",
        parameters=PAGE,
        responses={200: MediaPage, **ERRORS},
    )
    def get(self, request: Request, case_id: UUID) -> Response:
        case = case_find(case_id)
        rows = EvidenceItem.objects.filter(case=case).select_related("asset")
        return listed(
            request, rows, by=("added_at", "id"), name="files",
            show=lambda row: _file(case, row.asset),
        )  # fmt: skip


class Reveal(View):
    """Choosing to look."""

    ability = Ability.CASES_READ

    @extend_schema(
        operation_id="media_reveal",
        summary="Reveal a copy for five minutes: on the record, and counted against one's day",
        request=RevealIn,
        responses={200: RevealedOut, **ERRORS},
    )
    def post(self, request: Request, case_id: UUID, derivative_id: UUID) -> Response:
        case, copy = case_find(case_id), derivative_find(derivative_id)
        actor, confirmed = request_actor(request), read(RevealIn, request)["confirmed"]
        try:
            media_reveal(case=case, derivative=copy, actor=actor, confirmed=confirmed)
        except ExposureSpent as spent:
            return _spent(request, case, spent)
        return _revealed(request, case, copy)


class PairReveal(View):
    """Two files that a match calls alike."""

    ability = Ability.CASES_READ

    @extend_schema(
        operation_id="match_reveal",
        summary="Reveal two files that a match calls alike, laid over one another",
        request=RevealIn,
        responses={200: RevealedOut, **ERRORS},
    )
    def post(self, request: Request, case_id: UUID, match_id: UUID) -> Response:
        case, match = case_find(case_id), match_find(match_id)
        actor, confirmed = request_actor(request), read(RevealIn, request)["confirmed"]
        try:
            pair = pair_reveal(case=case, match=match, actor=actor, confirmed=confirmed)
        except ExposureSpent as spent:
            return _spent(request, case, spent)
        return _revealed(request, case, *pair)


class RevealStep(View):
    """Going on."""

    ability = Ability.CASES_READ

    @extend_schema(
        operation_id="media_step",
        summary="Write down that the person went on to colour or sound",
        request=StepIn,
        responses={204: None, **ERRORS},
    )
    def post(self, request: Request, case_id: UUID, derivative_id: UUID) -> Response:
        case, copy = case_find(case_id), derivative_find(derivative_id)
        actor, step = request_actor(request), Step(read(StepIn, request)["step"])
        copy_require(case=case, derivative=copy, actor=actor)
        media_step(case=case, derivative=copy, step=step, actor=actor)
        return Response(status=status.HTTP_204_NO_CONTENT)


class MediaFile(View):
    """The bytes of a copy."""

    ability = Ability.CASES_READ

    @extend_schema(
        operation_id="media_download",
        summary="A safe copy's bytes: what conceals at any time, everything else once revealed",
        responses={**{(200, kind): OpenApiTypes.BINARY for kind in sorted(TYPES)}, **ERRORS},
    )
    def get(self, request: Request, case_id: UUID, derivative_id: UUID) -> FileResponse:
        case, copy = case_find(case_id), derivative_find(derivative_id)
        copy_require(case=case, derivative=copy, actor=request_actor(request))
        return FileResponse(
            derivative_open(copy), as_attachment=True, filename=f"{copy.pk}",
            content_type=copy.media_type, headers=WALLED,
        )  # fmt: skip


#: The bytes are a picture, a clip or a recording, for whoever asked, and nothing else.
WALLED = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "sandbox; default-src 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}


class Player(View):
    """What a player must know."""

    ability = Ability.CASES_READ

    @extend_schema(
        operation_id="media_player",
        summary="Times of the frames of a file's copy, and where faces are",
        responses={200: PlayerOut, **ERRORS},
    )
    def get(self, request: Request, case_id: UUID, sha256: str) -> Response:  # noqa: ARG002
        item = case_find(case_id).items.select_related("asset").filter(asset=sha256).first()
        if item is None:
            raise NotFound("This case has no such file.")
        if item.asset.sealed:
            raise AssetSealed
        return Response(player_facts(item.asset))


class GiveOn(View):
    """Handing a case on when a day holds no more of it."""

    ability = Ability.CASES_WORK

    @extend_schema(
        operation_id="case_give_on",
        summary="Give a case back because one's day holds no more of it; its clocks run on",
        request=None,
        responses={200: GivenOnOut, **ERRORS},
    )
    def post(self, request: Request, case_id: UUID) -> Response:
        given = case_hand_on(case=case_find(case_id), actor=request_actor(request))
        return Response({"given": given})


def _spent(request: Request, case: Case, spent: ExposureSpent) -> Response:
    """The refusal; where leads want cases handed on, the case goes back to its queue with it."""
    if not spent.hand_on:
        raise spent
    case_hand_on(case=case, actor=request_actor(request))
    return refused(spent)


def _revealed(request: Request, case: Case, *copies: Derivative) -> Response:
    return Response(
        {
            "copies": [_copy(case, copy) for copy in copies],
            "until": moment(now() + SITTING),
            "grey_first": greys_first(request_actor(request).require_person(Ability.CASES_READ)),
        }
    )


def _file(case: Case, asset: Asset) -> dict[str, Any]:
    rows = [] if asset.sealed else derivatives_of(asset)
    return {
        "sha256": asset.sha256,
        "kind": asset.kind or None,
        "sealed": asset.sealed,
        "copies": [_copy(case, row) for row in rows if row.media_type in TYPES],
    }


def _copy(case: Case, row: Derivative) -> dict[str, Any]:
    return {
        "id": str(row.pk),
        "name": row.name,
        "media_type": row.media_type,
        "bytes": row.bytes,
        "sha256": row.sha256,
        "concealed": needs_reveal(row),
        "address": reverse("api-media-file", args=[case.pk, row.pk]),
        "made_at": moment(row.made_at),
    }
