"""One action on many cases, for programs: preview, ask, agree, stop, undo, follow."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from probity.accounts.models import Person
from probity.accounts.roles import Ability
from probity.bulk.asking import (
    Order,
    decide_order,
    queue_order,
    release_order,
    send_order,
    snooze_order,
)
from probity.bulk.models import BulkAction, BulkItem, BulkRun
from probity.bulk.planning import Line, plan_make
from probity.bulk.selectors import counts_of, items_of, run_find, runs_seen
from probity.bulk.services import run_answer, run_propose, run_stop, run_undo
from probity.core.errors import InvalidInput

from .authentication import request_actor
from .base import ERRORS, View
from .bodies import read
from .deciding_bodies import MeasureIn, asked_of
from .paging import PAGE, listed, page_out
from .representations import moment
from .shapes import free, ident, more, number, shape, text, truth, when, whole

BulkOrderIn = shape(
    "BulkOrderIn",
    "What should happen to which cases: ``cases`` by id, or all that ``query`` finds. ``decide`` "
    "takes measures and rules, ``send`` a person, ``queue`` a queue, ``snooze`` until when.",
    action=serializers.ChoiceField(choices=list(BulkAction)),
    cases=serializers.ListField(child=serializers.UUIDField(), default=list),
    query=serializers.CharField(max_length=500, default="", allow_blank=True),
    measures=MeasureIn(many=True, default=list),
    rules=serializers.ListField(child=serializers.CharField(), default=list),
    person=serializers.CharField(default=""),
    queue=serializers.CharField(default=""),
    until=serializers.DateTimeField(default=None, allow_null=True),
)
BulkRunIn = more(
    BulkOrderIn,
    "BulkRunIn",
    "The same with the reason; ``seen`` is “mark” of the preview: refused when cases changed.",
    reason=serializers.CharField(max_length=2_000),
    seen=serializers.CharField(max_length=64, default="", allow_blank=True),
)
BulkAnswerIn = shape(
    "BulkAnswerIn",
    "A second person's answer; a refusal needs a reason.",
    agreed=serializers.BooleanField(),
    reason=serializers.CharField(max_length=2_000, default="", allow_blank=True),
)
BulkUndoIn = shape(
    "BulkUndoIn", "Why it is taken back.", reason=serializers.CharField(max_length=2_000)
)
PlanLineOut = shape(
    "PlanLineOut", "One case of a plan.", case=ident(), number=text(), left_out=text(null=True),
    second_person=text(null=True),
)  # fmt: skip
PlanOut = shape(
    "PlanOut", "What would happen to which cases.", chosen=whole(), left_out=whole(),
    waiting=whole(), second_needed=truth(), mark=text(), cases=PlanLineOut(many=True),
)  # fmt: skip
BulkRunOut = shape(
    "BulkRunOut", "A run over many cases.", id=ident(), action=text(), what=free(), query=text(),
    reason=text(), state=text(), second_needed=truth(), person=text(), second=text(null=True),
    proposed_at=when(), begun_at=when(null=True), ended_at=when(null=True),
    undo_until=when(null=True), lands_at=when(null=True),
    counts=serializers.DictField(child=serializers.IntegerField()),
)  # fmt: skip
BulkRunsPage = page_out("BulkRunsPage", "runs", BulkRunOut)
BulkItemOut = shape(
    "BulkItemOut", "One case of a run.", case=ident(), number=text(), place=number(), state=text(),
    why=text(null=True), result=ident(null=True), at=when(null=True),
)  # fmt: skip
BulkItemsPage = page_out("BulkItemsPage", "items", BulkItemOut)


class BulkPreview(View):
    """Before anything is done."""

    ability = Ability.BULK_RUN
    keeps = False

    @extend_schema(
        operation_id="bulk_preview",
        summary="What one action would do to which cases; nothing is changed",
        request=BulkOrderIn,
        responses={200: PlanOut, **ERRORS},
    )
    def post(self, request: Request) -> Response:
        body = read(BulkOrderIn, request)
        plan = plan_make(
            order=_order(body), person=_person(request), query=body["query"], cases=body["cases"]
        )
        return Response(
            {
                "chosen": len(plan.chosen),
                "left_out": len(plan.left_out),
                "waiting": len(plan.waiting),
                "second_needed": plan.second_needed,
                "mark": plan.mark,
                "cases": [_line(line) for line in plan.lines],
            }
        )


class BulkRuns(View):
    """Runs over many cases."""

    ability = Ability.BULK_RUN

    @extend_schema(
        operation_id="bulk_list",
        summary="Runs over many cases, the latest first",
        parameters=PAGE,
        responses={200: BulkRunsPage, **ERRORS},
    )
    def get(self, request: Request) -> Response:
        rows = runs_seen(_person(request))
        return listed(request, rows, by=("-proposed_at", "id"), name="runs", show=run_shown)

    @extend_schema(
        operation_id="bulk_propose",
        summary="Ask for one action on many cases; it begins at once or when somebody agreed",
        request=BulkRunIn,
        responses={201: BulkRunOut, **ERRORS},
    )
    def post(self, request: Request) -> Response:
        body = read(BulkRunIn, request)
        run = run_propose(
            order=_order(body), reason=body["reason"], query=body["query"], cases=body["cases"],
            seen=body["seen"], actor=request_actor(request),
        )  # fmt: skip
        return Response(run_shown(run), status=status.HTTP_201_CREATED)


class OneBulkRun(View):
    """One run."""

    ability = Ability.CASES_READ

    @extend_schema(
        operation_id="bulk_read",
        summary="A run over many cases, and how far it is",
        responses={200: BulkRunOut, **ERRORS},
    )
    def get(self, request: Request, run_id: UUID) -> Response:
        return Response(run_shown(_found(request, run_id)))


class BulkItems(View):
    """The cases of a run."""

    ability = Ability.CASES_READ

    @extend_schema(
        operation_id="bulk_items",
        summary="What became of each case of a run",
        parameters=PAGE,
        responses={200: BulkItemsPage, **ERRORS},
    )
    def get(self, request: Request, run_id: UUID) -> Response:
        rows = items_of(_found(request, run_id), _person(request))
        return listed(request, rows, by=("place",), name="items", show=_item)


class BulkAnswer(View):
    """The second person."""

    ability = Ability.DECISIONS_APPROVE

    @extend_schema(
        operation_id="bulk_answer",
        summary="Agree to somebody else's run, or refuse it with a reason",
        request=BulkAnswerIn,
        responses={200: BulkRunOut, **ERRORS},
    )
    def post(self, request: Request, run_id: UUID) -> Response:
        body, run = read(BulkAnswerIn, request), _found(request, run_id)
        return Response(run_shown(run_answer(run=run, actor=request_actor(request), **body)))


class BulkStop(View):
    """Stopping."""

    ability = Ability.BULK_RUN

    @extend_schema(
        operation_id="bulk_stop",
        summary="Stop a run where it is; what is done stays done",
        request=None,
        responses={200: BulkRunOut, **ERRORS},
    )
    def post(self, request: Request, run_id: UUID) -> Response:
        run = run_stop(run=_found(request, run_id), actor=request_actor(request))
        return Response(run_shown(run))


class BulkUndo(View):
    """Taking back."""

    ability = Ability.BULK_RUN

    @extend_schema(
        operation_id="bulk_undo",
        summary="Take a whole run back while its time to undo lasts",
        request=BulkUndoIn,
        responses={200: BulkRunOut, **ERRORS},
    )
    def post(self, request: Request, run_id: UUID) -> Response:
        body, run = read(BulkUndoIn, request), _found(request, run_id)
        return Response(run_shown(run_undo(run=run, actor=request_actor(request), **body)))


def run_shown(run: BulkRun) -> dict[str, Any]:
    """A run and how far it is."""
    return {
        "id": str(run.pk),
        "action": run.action,
        "what": run.what,
        "query": run.query,
        "reason": run.reason,
        "state": run.state,
        "second_needed": run.second_needed,
        "person": run.person.username,
        "second": run.second.username if run.second else None,
        "proposed_at": moment(run.proposed_at),
        "begun_at": moment(run.begun_at),
        "ended_at": moment(run.ended_at),
        "undo_until": moment(run.undo_until),
        "lands_at": moment(run.lands_at),
        "counts": {str(state): count for state, count in counts_of(run).items()},
    }


def _line(line: Line) -> dict[str, Any]:
    return {
        "case": str(line.case.pk),
        "number": line.case.label,
        "left_out": line.left_out or None,
        "second_person": line.second or None,
    }


def _item(row: BulkItem) -> dict[str, Any]:
    return {
        "case": str(row.case_id),
        "number": row.case.label,
        "place": row.place,
        "state": row.state,
        "why": row.why or None,
        "result": str(row.result) if row.result else None,
        "at": moment(row.at),
    }


def _order(body: dict[str, Any]) -> Order:
    action = body["action"]
    if bool(body["cases"]) == bool(body["query"].strip()):
        raise InvalidInput.of({"cases": "Send either “cases” or a “query” that finds them."})
    if action == BulkAction.DECIDE:
        return decide_order(measures=asked_of(body["measures"]), rules=body["rules"])
    if action == BulkAction.SEND:
        return send_order(username=body["person"])
    if action == BulkAction.QUEUE:
        return queue_order(key=body["queue"])
    if action == BulkAction.SNOOZE:
        return snooze_order(until=body["until"] or datetime.min.replace(tzinfo=UTC))
    return release_order()


def _person(request: Request) -> Person:
    return request_actor(request).require_person(Ability.CASES_READ)


def _found(request: Request, run_id: UUID) -> BulkRun:
    return run_find(run_id=run_id, person=_person(request))
