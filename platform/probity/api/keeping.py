"""Holding and erasing, for programs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from probity.accounts.models import Person
from probity.accounts.roles import Ability
from probity.cases.access import cases_seen
from probity.cases.models import Case
from probity.cases.selectors import case_find
from probity.core.errors import InvalidInput, NotFound
from probity.evidence.models import Asset
from probity.keeping.holds import hold_place, hold_release
from probity.keeping.models import Anchor, ErasureRequest, Ground, HoldKind, LegalHold, Requester
from probity.keeping.requests import (
    Wanted,
    erasure_approve,
    erasure_enter,
    erasure_extend,
    erasure_refuse,
)
from probity.keeping.retention import Due, retention_preview
from probity.keeping.schedules import DEFAULTS, Schedule, schedule_set, schedules
from probity.keeping.selectors import (
    erasure_find,
    erasures_of_case,
    erasures_open,
    hold_find,
    holds_of_case,
    holds_open,
)

from .authentication import request_actor
from .base import ERRORS, View
from .bodies import read
from .paging import PAGE, listed
from .representations import moment
from .shapes_record import (
    ErasureEnteredOut,
    ErasureOut,
    ErasuresPage,
    HoldOut,
    HoldsPage,
    RetentionOut,
    ScheduleOut,
)

MOST = 200


class HoldIn(serializers.Serializer[dict[str, object]]):
    """A legal hold on the case, or on one of its files wherever that lies."""

    kind = serializers.ChoiceField(choices=list(HoldKind))
    reason = serializers.CharField(max_length=1000)
    reference = serializers.CharField(max_length=200)
    asset = serializers.RegexField("^[0-9a-f]{64}$", default=None, allow_null=True)
    until = serializers.DateTimeField(default=None, allow_null=True)


class ReleaseIn(serializers.Serializer[dict[str, object]]):
    """Why a hold ends."""

    reason = serializers.CharField(max_length=1000)


class ErasureIn(serializers.Serializer[dict[str, object]]):
    """What an uploader or a depicted person asked for: ids of reports, SHA-256 of files."""

    requester = serializers.ChoiceField(choices=list(Requester))
    reports = serializers.ListField(child=serializers.UUIDField(), default=list)
    assets = serializers.ListField(child=serializers.CharField(), default=list)
    words = serializers.CharField(max_length=2000, default="", allow_blank=True)


class ErasureDecisionIn(serializers.Serializer[dict[str, object]]):
    """``approve`` (with ``assets`` to narrow it), ``refuse`` (ground, reason), ``extend`` (why)."""

    decision = serializers.ChoiceField(choices=["approve", "refuse", "extend"])
    assets = serializers.ListField(child=serializers.CharField(), default=None, allow_null=True)
    ground = serializers.ChoiceField(choices=list(Ground), default="", allow_blank=True)
    reason = serializers.CharField(max_length=1000, default="", allow_blank=True)
    why = serializers.CharField(max_length=500, default="", allow_blank=True)


class ScheduleIn(serializers.Serializer[dict[str, object]]):
    """A category's time from now on."""

    days = serializers.IntegerField(min_value=1, max_value=36_500)
    anchor = serializers.ChoiceField(choices=list(Anchor))
    why = serializers.CharField(max_length=500)


class CaseHolds(View):
    """Holds on a case and its files."""

    ability = Ability.HOLDS_MANAGE

    @extend_schema(
        operation_id="case_holds_list",
        parameters=PAGE,
        summary="Legal holds on a case or its files, released ones too",
        responses={200: HoldsPage, **ERRORS},
    )
    def get(self, request: Request, case_id: UUID) -> Response:
        rows = holds_of_case(case_find(case_id))
        return listed(request, rows, by=("-placed_at", "id"), name="holds", show=_hold)

    @extend_schema(
        operation_id="hold_place",
        summary="Place a legal hold: nothing that it covers can be destroyed",
        request=HoldIn,
        responses={201: HoldOut, **ERRORS},
    )
    def post(self, request: Request, case_id: UUID) -> Response:
        body, case = read(HoldIn, request), case_find(case_id)
        asset = _asset(case, body.pop("asset"))
        hold = hold_place(case=case, asset=asset, actor=request_actor(request), **body)
        return Response(_hold(hold), status=status.HTTP_201_CREATED)


class Holds(View):
    """Holds that stand."""

    ability = Ability.HOLDS_MANAGE

    @extend_schema(
        operation_id="holds_list",
        parameters=PAGE,
        summary="Legal holds that stand now, the latest first",
        responses={200: HoldsPage, **ERRORS},
    )
    def get(self, request: Request) -> Response:
        rows = holds_open(person=_person(request))
        return listed(request, rows, by=("-placed_at", "id"), name="holds", show=_hold)


class Release(View):
    """Ending a hold."""

    ability = Ability.HOLDS_MANAGE

    @extend_schema(
        operation_id="hold_release",
        summary="Release a legal hold; erasures that waited for it go on by themselves",
        request=ReleaseIn,
        responses={200: HoldOut, **ERRORS},
    )
    def post(self, request: Request, hold_id: UUID) -> Response:
        reason = read(ReleaseIn, request)["reason"]
        hold = hold_release(hold=hold_find(hold_id), reason=reason, actor=request_actor(request))
        return Response(_hold(hold))


class CaseErasures(View):
    """Requests for erasure in a case."""

    ability = Ability.CASES_READ
    writes = Ability.CASES_WORK

    @extend_schema(
        operation_id="case_erasures_list",
        parameters=PAGE,
        summary="Requests for erasure in a case",
        responses={200: ErasuresPage, **ERRORS},
    )
    def get(self, request: Request, case_id: UUID) -> Response:
        rows = erasures_of_case(case_find(case_id))
        return listed(request, rows, by=("-asked_at", "id"), name="erasures", show=_erasure)

    @extend_schema(
        operation_id="erasure_enter",
        summary="Write down what an uploader or a depicted person asked to be erased",
        request=ErasureIn,
        responses={201: ErasureEnteredOut, **ERRORS},
    )
    def post(self, request: Request, case_id: UUID) -> Response:
        body = read(ErasureIn, request)
        requester = body.pop("requester")
        row, token = erasure_enter(
            case=case_find(case_id), requester=requester, wanted=Wanted(**body),
            actor=request_actor(request),
        )  # fmt: skip
        return Response({**_erasure(row), "receipt": token}, status=status.HTTP_201_CREATED)


class Erasures(View):
    """Requests that are open."""

    ability = Ability.ERASURES_DECIDE

    @extend_schema(
        operation_id="erasures_list",
        parameters=PAGE,
        summary="Open requests for erasure, the nearest deadline first",
        responses={200: ErasuresPage, **ERRORS},
    )
    def get(self, request: Request) -> Response:
        rows = erasures_open(person=_person(request))
        return listed(request, rows, by=("due_at", "id"), name="erasures", show=_erasure)


class ErasureDecision(View):
    """A person's word on a request."""

    ability = Ability.ERASURES_DECIDE

    @extend_schema(
        operation_id="erasure_decide",
        summary="Approve, refuse or extend a request for erasure; a worker erases what is approved",
        request=ErasureDecisionIn,
        responses={200: ErasureOut, **ERRORS},
    )
    def post(self, request: Request, request_id: UUID) -> Response:
        body, row = read(ErasureDecisionIn, request), erasure_find(request_id)
        actor, decision = request_actor(request), body["decision"]
        if decision == "approve":
            row = erasure_approve(request=row, assets=body["assets"], actor=actor)
        elif decision == "refuse":
            row = erasure_refuse(
                request=row, ground=body["ground"], reason=body["reason"], actor=actor
            )
        else:
            row = erasure_extend(request=row, why=body["why"], actor=actor)
        return Response(_erasure(row))


class Retention(View):
    """How long each category stays."""

    ability = Ability.CASES_READ

    @extend_schema(
        operation_id="retention_list",
        summary="Every category's time, and what goes tonight",
        responses={200: RetentionOut, **ERRORS},
    )
    def get(self, request: Request) -> Response:
        due = retention_preview()
        every = [one.case.pk for one in (*due.cases, *due.held)]
        seen = {str(key) for key in cases_seen(_person(request), every)}
        return Response(
            {
                "schedules": [_schedule(row) for row in schedules().values()],
                "tonight": {
                    "cases": [one for one in _ids(due.cases) if one in seen][:MOST],
                    "count": len(due.cases),
                    "held": [one for one in _ids(due.held) if one in seen][:MOST],
                    "files": due.files,
                    "bytes": due.bytes,
                    "left_to_others": due.left_to_others,
                },
            }
        )


class OneSchedule(View):
    """One category's time."""

    ability = Ability.RETENTION_MANAGE

    @extend_schema(
        operation_id="retention_set",
        summary="Change how long a category stays, from now on",
        request=ScheduleIn,
        responses={200: ScheduleOut, **ERRORS},
    )
    def put(self, request: Request, category: str) -> Response:
        if category not in DEFAULTS:
            raise NotFound(f"There is no such category: {', '.join(DEFAULTS)}.")
        body = read(ScheduleIn, request)
        schedule_set(category=category, actor=request_actor(request), **body)
        return Response(_schedule(schedules()[category]))


def _person(request: Request) -> Person | None:
    return request_actor(request).person


def _ids(rows: Sequence[Due]) -> list[str]:
    return [str(one.case.pk) for one in rows]


def _asset(case: Case, sha256: str | None) -> Asset | None:
    if not sha256:
        return None
    item = case.items.select_related("asset").filter(asset=sha256).first()
    if item is None:
        raise InvalidInput.of({"asset": "This case has no file with this SHA-256."})
    return item.asset


def _hold(row: LegalHold) -> dict[str, Any]:
    return {
        "id": str(row.pk),
        "case": str(row.case_id) if row.case_id else None,
        "asset": row.asset_id,
        "placed_in": str(row.placed_in_id),
        "kind": row.kind,
        "reason": row.reason,
        "reference": row.reference,
        "placed_at": moment(row.placed_at),
        "until": moment(row.until),
        "released_at": moment(row.released_at),
        "release_reason": row.release_reason,
    }


def _erasure(row: ErasureRequest) -> dict[str, Any]:
    return {
        "id": str(row.pk),
        "case": str(row.case_id),
        "requester": row.requester,
        "reports": [str(key) for key in row.reports],
        "assets": row.assets,
        "state": row.state,
        "asked_at": moment(row.asked_at),
        "due_at": moment(row.due_at),
        "decided_at": moment(row.decided_at),
        "ground": row.ground,
        "reason": row.reason,
        "kept": row.kept,
        "steps_done": len(row.steps),
        "error": row.error,
        "ended_at": moment(row.ended_at),
    }


def _schedule(row: Schedule) -> dict[str, Any]:
    return {
        "category": row.category,
        "days": row.days,
        "anchor": row.anchor,
        "why": row.why,
        "default": not row.set_by,
    }
