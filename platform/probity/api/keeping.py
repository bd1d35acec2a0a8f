"""Holding and erasing, for programs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
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
from .representations import moment
from .views import ERRORS, View

OBJECT = {"type": "object", "additionalProperties": True}
MOST = 200
Given = Mapping[str, Any]


class HoldIn(serializers.Serializer[dict[str, object]]):
    """A legal hold on the case, or on one of its files wherever that lies."""

    kind = serializers.ChoiceField(choices=list(HoldKind))
    reason = serializers.CharField(max_length=1000)
    reference = serializers.CharField(max_length=200)
    asset = serializers.RegexField("^[0-9a-f]{64}$", required=False, allow_null=True)
    until = serializers.DateTimeField(required=False, allow_null=True)


class ReleaseIn(serializers.Serializer[dict[str, object]]):
    """Why a hold ends."""

    reason = serializers.CharField(max_length=1000)


class ErasureIn(serializers.Serializer[dict[str, object]]):
    """What an uploader or a depicted person asked for: ids of reports, SHA-256 of files."""

    requester = serializers.ChoiceField(choices=list(Requester))
    reports = serializers.ListField(child=serializers.UUIDField(), required=False)
    assets = serializers.ListField(child=serializers.CharField(), required=False)
    words = serializers.CharField(max_length=2000, required=False, allow_blank=True)


class ErasureDecisionIn(serializers.Serializer[dict[str, object]]):
    """``approve`` (with ``assets`` to narrow it), ``refuse`` (ground, reason), ``extend`` (why)."""

    decision = serializers.ChoiceField(choices=["approve", "refuse", "extend"])
    assets = serializers.ListField(child=serializers.CharField(), required=False)
    ground = serializers.ChoiceField(choices=list(Ground), required=False)
    reason = serializers.CharField(max_length=1000, required=False)
    why = serializers.CharField(max_length=500, required=False)


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
        summary="Legal holds on a case or its files, released ones too",
        responses={200: OBJECT, **ERRORS},
    )
    def get(self, request: Request, case_id: UUID) -> Response:  # noqa: ARG002
        return Response({"holds": [_hold(row) for row in holds_of_case(case_find(case_id))]})

    @extend_schema(
        operation_id="hold_place",
        summary="Place a legal hold: nothing that it covers can be destroyed",
        request=HoldIn,
        responses={201: OBJECT, **ERRORS},
    )
    def post(self, request: Request, case_id: UUID) -> Response:
        said, case = _said(request, HoldIn), case_find(case_id)
        hold = hold_place(
            case=case, asset=_asset(case, said.get("asset")), kind=_text(said, "kind"),
            reason=_text(said, "reason"), reference=_text(said, "reference"),
            until=_moment(said.get("until")), actor=request_actor(request),
        )  # fmt: skip
        return Response(_hold(hold), status=status.HTTP_201_CREATED)


class Holds(View):
    """Holds that stand."""

    ability = Ability.HOLDS_MANAGE

    @extend_schema(
        operation_id="holds_list",
        summary="Legal holds that stand now, at most 200, the latest first",
        responses={200: OBJECT, **ERRORS},
    )
    def get(self, request: Request) -> Response:
        return Response(
            {"holds": [_hold(row) for row in holds_open(person=_person(request))[:MOST]]}
        )


class Release(View):
    """Ending a hold."""

    ability = Ability.HOLDS_MANAGE

    @extend_schema(
        operation_id="hold_release",
        summary="Release a legal hold; erasures that waited for it go on by themselves",
        request=ReleaseIn,
        responses={200: OBJECT, **ERRORS},
    )
    def post(self, request: Request, hold_id: UUID) -> Response:
        reason = _text(_said(request, ReleaseIn), "reason")
        hold = hold_release(hold=hold_find(hold_id), reason=reason, actor=request_actor(request))
        return Response(_hold(hold))


class CaseErasures(View):
    """Requests for erasure in a case."""

    ability = Ability.CASES_WORK

    @extend_schema(
        operation_id="case_erasures_list",
        summary="Requests for erasure in a case",
        responses={200: OBJECT, **ERRORS},
    )
    def get(self, request: Request, case_id: UUID) -> Response:  # noqa: ARG002
        rows = erasures_of_case(case_find(case_id))
        return Response({"erasures": [_erasure(row) for row in rows]})

    @extend_schema(
        operation_id="erasure_enter",
        summary="Write down what an uploader or a depicted person asked to be erased",
        request=ErasureIn,
        responses={201: OBJECT, **ERRORS},
    )
    def post(self, request: Request, case_id: UUID) -> Response:
        said = _said(request, ErasureIn)
        wanted = Wanted(
            reports=[_id(key) for key in _list(said, "reports")],
            assets=_list(said, "assets"), words=_text(said, "words"),
        )  # fmt: skip
        row, token = erasure_enter(
            case=case_find(case_id), requester=_text(said, "requester"), wanted=wanted,
            actor=request_actor(request),
        )  # fmt: skip
        return Response({**_erasure(row), "receipt": token}, status=status.HTTP_201_CREATED)


class Erasures(View):
    """Requests that are open."""

    ability = Ability.ERASURES_DECIDE

    @extend_schema(
        operation_id="erasures_list",
        summary="Open requests for erasure, at most 200, the nearest deadline first",
        responses={200: OBJECT, **ERRORS},
    )
    def get(self, request: Request) -> Response:
        return Response(
            {"erasures": [_erasure(row) for row in erasures_open(person=_person(request))[:MOST]]}
        )


class ErasureDecision(View):
    """A person's word on a request."""

    ability = Ability.ERASURES_DECIDE

    @extend_schema(
        operation_id="erasure_decide",
        summary="Approve, refuse or extend a request for erasure; a worker erases what is approved",
        request=ErasureDecisionIn,
        responses={200: OBJECT, **ERRORS},
    )
    def post(self, request: Request, request_id: UUID) -> Response:
        said, row = _said(request, ErasureDecisionIn), erasure_find(request_id)
        actor, decision = request_actor(request), said.get("decision")
        if decision == "approve":
            chosen = _list(said, "assets") if "assets" in said else None
            row = erasure_approve(request=row, assets=chosen, actor=actor)
        elif decision == "refuse":
            row = erasure_refuse(
                request=row, ground=_text(said, "ground"), reason=_text(said, "reason"),
                actor=actor,
            )  # fmt: skip
        elif decision == "extend":
            row = erasure_extend(request=row, why=_text(said, "why"), actor=actor)
        else:
            raise InvalidInput.of({"decision": "Choose approve, refuse or extend."})
        return Response(_erasure(row))


class Retention(View):
    """How long each category stays."""

    ability = Ability.CASES_READ

    @extend_schema(
        operation_id="retention_list",
        summary="Every category's time, and what goes tonight",
        responses={200: OBJECT, **ERRORS},
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
        responses={200: OBJECT, **ERRORS},
    )
    def put(self, request: Request, category: str) -> Response:
        if category not in DEFAULTS:
            raise NotFound(f"There is no such category: {', '.join(DEFAULTS)}.")
        said = _said(request, ScheduleIn)
        schedule_set(
            category=category, days=said.get("days", ""), anchor=_text(said, "anchor"),
            why=_text(said, "why"), actor=request_actor(request),
        )  # fmt: skip
        return Response(_schedule(schedules()[category]))


def _person(request: Request) -> Person | None:
    return request_actor(request).person


def _ids(rows: Sequence[Due]) -> list[str]:
    return [str(one.case.pk) for one in rows]


def _said(request: Request, form: type[serializers.Serializer[dict[str, object]]]) -> Given:
    data = request.data
    if not isinstance(data, Mapping):
        raise InvalidInput("Send one JSON object.")
    unknown = sorted(set(data) - set(form().fields))
    if unknown:
        raise InvalidInput.of({name: f"There is no field “{name}”." for name in unknown})
    return data


def _text(said: Given, name: str) -> str:
    value = said.get(name, "")
    if not isinstance(value, str) or "\x00" in value:
        raise InvalidInput.of({name: f"“{name}” must be text."})
    return value


def _list(said: Given, name: str) -> list[str]:
    value = said.get(name, [])
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise InvalidInput.of({name: f"“{name}” must be a list of texts."})
    return value


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise InvalidInput.of({"reports": "A report is named by its id."})


def _moment(value: object) -> datetime | None:
    if value is None or not value:
        return None
    try:
        at = datetime.fromisoformat(str(value))
    except ValueError:
        at = None
    if at is None or at.tzinfo is None:
        raise InvalidInput.of({"until": "“until” is a moment such as 2027-03-31T00:00:00Z."})
    return at


def _asset(case: Case, sha256: object) -> Asset | None:
    if not sha256:
        return None
    item = case.items.select_related("asset").filter(asset=str(sha256)).first()
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
