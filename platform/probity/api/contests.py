"""Appeals, for programs: contesting with a receipt, reading, taking, noting, ruling."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar
from uuid import UUID

from django.conf import settings
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from probity.accounts.actors import REPORTER
from probity.accounts.roles import Ability
from probity.cases.access import case_require
from probity.cases.selectors import case_find, report_by_receipt
from probity.contests.appeals import appeal_note, appeal_release, appeal_take
from probity.contests.asking import asking_read
from probity.contests.models import Appeal, AppealState
from probity.contests.selectors import appeal_find, appeals_ended, appeals_of, appeals_open
from probity.contests.words import Ground, Kind, Outcome, Side
from probity.core.errors import InvalidInput, NotFound
from probity.core.throttle import source_of, throttle
from probity.evidence.uploads import received_files
from probity.notices.selectors import page_by_receipt
from probity.workflow.appeal_receive import UPLOADER, appeal_send
from probity.workflow.appeal_rule import appeal_rule

from .authentication import request_actor
from .base import ERRORS, View
from .bodies import read
from .deciding_bodies import MeasureIn, asked_of
from .open_doors import OpenView
from .paging import PAGE, filters_only, listed
from .representations import moment
from .shapes import FileIn
from .shapes_people import (
    AppealOut,
    AppealRuledOut,
    AppealSentOut,
    AppealsPage,
    AppealWholeOut,
    WrittenOut,
)
from .views import touch

FIELDS = ("receipt", "kind", "ground", "words", "email", "signature", "good_faith", "language")


class AppealIn(serializers.Serializer[dict[str, object]]):
    """An appeal or a counter-notice; ``receipt`` is the secret of one's private page."""

    receipt = serializers.CharField()
    kind = serializers.ChoiceField(choices=list(Kind), required=False)
    ground = serializers.ChoiceField(choices=list(Ground))
    words = serializers.CharField(max_length=10_000)
    email = serializers.EmailField(required=False)
    signature = serializers.CharField(max_length=200, required=False)
    good_faith = serializers.BooleanField(required=False)
    language = serializers.CharField(max_length=12, required=False)


class AppealForm(AppealIn):
    """The same with files."""

    file = serializers.ListField(child=FileIn(), required=False)


class NoteIn(serializers.Serializer[dict[str, object]]):
    """An internal note."""

    text = serializers.CharField(max_length=5_000)


class RulingIn(serializers.Serializer[dict[str, object]]):
    """A ruling; measures where the decision is changed, or where nothing had been done."""

    outcome = serializers.ChoiceField(choices=list(Outcome))
    reason = serializers.CharField(max_length=10_000)
    measures = MeasureIn(many=True, default=list)
    rules = serializers.ListField(child=serializers.CharField(), required=False)


class Contesting(OpenView):
    """The open door: a receipt is the key."""

    @extend_schema(
        operation_id="appeal_send", summary="Contest the decision in force, with files or without",
        request={"multipart/form-data": AppealForm, "application/json": AppealIn},
        responses={201: AppealSentOut, **ERRORS}, auth=[],
    )  # fmt: skip
    def post(self, request: Request) -> Response:
        throttle(scope="report", who=source_of(request._request), rate=settings.REPORT_RATE)
        files = received_files(touch(request), "file")
        given = _given(request)
        case, report = _receipt(given.get("receipt"))
        side = Side.REPORTER if report else Side.UPLOADER
        appeal = appeal_send(
            case=case, report=report, asking=asking_read(given, side=side), files=files,
            actor=REPORTER if report else UPLOADER, channel="api",
        )  # fmt: skip
        body = {
            "id": str(appeal.pk), "case": appeal.case.label, "kind": appeal.kind,
            "received_at": moment(appeal.received_at), "target": moment(appeal.due_at),
        }  # fmt: skip
        return Response(body, status=status.HTTP_201_CREATED)


class Appeals(View):
    """All of them."""

    ability = Ability.CASES_READ

    @extend_schema(
        operation_id="appeals_list", summary="Appeals that wait; with state=ended those ruled on",
        parameters=[*PAGE, OpenApiParameter("state", str, enum=["open", "ended"])],
        responses={200: AppealsPage, **ERRORS},
    )  # fmt: skip
    def get(self, request: Request) -> Response:
        person = request_actor(request).person
        filters_only(request, "state")
        state = request.query_params.get("state") or "open"
        if state not in {"open", "ended"}:
            raise InvalidInput.of({"state": "“state” is one of open, ended."})
        ended = state == "ended"
        rows = appeals_ended(person) if ended else appeals_open(person)
        by = ("-received_at", "id") if ended else ("due_at", "id")
        return listed(request, rows, by=by, name="appeals", show=appeal_shown)


class CaseAppeals(View):
    """Those of one case."""

    ability = Ability.CASES_READ

    @extend_schema(
        operation_id="case_appeals",
        parameters=PAGE,
        summary="A case's appeals",
        responses={200: AppealsPage, **ERRORS},
    )
    def get(self, request: Request, case_id: UUID) -> Response:
        case_require(request_actor(request).person, case_id)
        rows = appeals_of(case_find(case_id))
        return listed(request, rows, by=("received_at", "id"), name="appeals", show=appeal_shown)


class OneAppeal(View):
    """One of them."""

    ability = Ability.CASES_READ

    @extend_schema(
        operation_id="appeal_read", summary="One appeal, with what it contests by id",
        responses={200: AppealWholeOut, **ERRORS},
    )  # fmt: skip
    def get(self, request: Request, appeal_id: UUID) -> Response:
        row = appeal_find(appeal_id, person=request_actor(request).person)
        return Response({**appeal_shown(row), "words": row.words, "snapshot": row.snapshot})


class Take(View):
    """Who rules on it."""

    ability = Ability.APPEALS_DECIDE

    @extend_schema(
        operation_id="appeal_take", summary="Take an appeal for one lease, or extend it",
        request=None, responses={200: AppealOut, **ERRORS},
    )  # fmt: skip
    def post(self, request: Request, appeal_id: UUID) -> Response:
        actor = request_actor(request)
        row = appeal_take(appeal=appeal_find(appeal_id, person=actor.person), actor=actor)
        return Response(appeal_shown(row))

    @extend_schema(
        operation_id="appeal_release", summary="Give an appeal back", request=None,
        responses={200: AppealOut, **ERRORS},
    )  # fmt: skip
    def delete(self, request: Request, appeal_id: UUID) -> Response:
        actor = request_actor(request)
        row = appeal_release(appeal=appeal_find(appeal_id, person=actor.person), actor=actor)
        return Response(appeal_shown(row))


class Notes(View):
    """Internal notes."""

    ability: ClassVar[Ability] = Ability.CASES_WORK

    @extend_schema(
        operation_id="appeal_note", summary="Write a note on an appeal", request=NoteIn,
        responses={201: WrittenOut, **ERRORS},
    )  # fmt: skip
    def post(self, request: Request, appeal_id: UUID) -> Response:
        actor = request_actor(request)
        note = appeal_note(
            appeal=appeal_find(appeal_id, person=actor.person), actor=actor, **read(NoteIn, request)
        )
        body = {"id": str(note.pk), "at": moment(note.at)}
        return Response(body, status=status.HTTP_201_CREATED)


class Ruling(View):
    """The ruling."""

    ability = Ability.APPEALS_DECIDE

    @extend_schema(
        operation_id="appeal_rule",
        summary="Rule on an appeal that one holds; never by who decided or approved",
        request=RulingIn, responses={201: AppealRuledOut, **ERRORS},
    )  # fmt: skip
    def post(self, request: Request, appeal_id: UUID) -> Response:
        actor, body = request_actor(request), read(RulingIn, request)
        ruling = appeal_rule(
            appeal=appeal_find(appeal_id, person=actor.person), outcome=body["outcome"],
            reason=body["reason"], measures=asked_of(body["measures"]),
            rules=body.get("rules"), actor=actor,
        )  # fmt: skip
        row = appeal_find(appeal_id, person=actor.person)
        shown = {**appeal_shown(row), "ruling": str(ruling.pk)}
        return Response(shown, status=status.HTTP_201_CREATED)


def appeal_shown(row: Appeal) -> dict[str, Any]:
    """One appeal; who sent it is named by side alone."""
    ruling = row.rulings.filter(fell_at=None).first()
    return {
        "id": str(row.pk),
        "case": str(row.case_id),
        "number": row.case.label,
        "decision": str(row.decision_id),
        "kind": row.kind,
        "side": row.side,
        "ground": row.ground,
        "state": row.state,
        "received_at": moment(row.received_at),
        "target": moment(row.due_at),
        "late": row.open and row.breached_at is not None,
        "person": row.person.username if row.person and row.state == AppealState.TAKEN else None,
        "evidence": [one.sha256 for one in row.evidence.all()],
        "outcome": ruling.outcome if ruling else None,
        "reason": ruling.reason if ruling else None,
        "new_decision": str(ruling.decision_id) if ruling and ruling.decision_id else None,
        "closed_at": moment(row.closed_at),
    }


def _given(request: Request) -> Mapping[str, object]:
    if not isinstance(request.data, Mapping):
        raise InvalidInput("Send the fields as a form or as one JSON object.")
    unknown = sorted(set(request.data) - {*FIELDS, "file"})
    if unknown:
        raise InvalidInput.of({name: f"There is no field “{name}”." for name in unknown})
    return {name: request.data.get(name) for name in FIELDS}


def _receipt(token: object) -> tuple[Any, Any]:
    """The case and the report behind a receipt; no report for the uploader's. Raises NotFound."""
    if not isinstance(token, str) or not token or "\x00" in token:
        raise InvalidInput.of(
            {"receipt": "Send the receipt: the last part of your private address."}
        )
    try:
        report = report_by_receipt(token)
    except NotFound:
        return page_by_receipt(token).case, None
    return report.case, report
