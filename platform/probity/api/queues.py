"""Queues and work, for programs: take the next case, pass it on, and what leads set."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from probity.accounts.models import Person
from probity.accounts.roles import Ability
from probity.cases.access import case_require, queues_visible
from probity.cases.board import clocks_about_to_breach, pressing
from probity.cases.claims import case_release, claim_extend, next_case_claim
from probity.cases.handing import (
    case_calm,
    case_escalate,
    case_requeue,
    case_send,
    case_skip,
    case_snooze,
    case_wake,
)
from probity.cases.models import CaseClaim, Clock, Queue
from probity.cases.selectors import case_find, claim_live
from probity.core.clock import now
from probity.core.errors import Conflict, InvalidInput, NotFound
from probity.workflow.case_merge import case_merge
from probity.workflow.report_split import report_split

from .authentication import request_actor
from .base import ERRORS, View
from .bodies import moment_of, object_of, text_of, texts_of, uuid_of
from .paging import PAGE, listed
from .queue_bodies import (
    ClaimNextIn,
    EscalateIn,
    MergeIn,
    QueueIn,
    ReturnIn,
    SendIn,
    SnoozeIn,
    SplitIn,
    seen_of,
)
from .representations import moment
from .shapes_work import (
    BoardPage,
    EscalatedOut,
    MergedOut,
    NextOut,
    RequeuedOut,
    SentOut,
    SkippedOut,
    SnoozedOut,
    SplitOut,
)


class ClaimNext(View):
    """Taking work."""

    ability = Ability.CASES_WORK

    @extend_schema(
        operation_id="claim_next",
        summary="Take the most urgent case that nobody holds, of one queue or of all",
        request=ClaimNextIn,
        responses={201: NextOut, 204: None, **ERRORS},
    )
    def post(self, request: Request) -> Response:
        body = object_of(request, "queue")
        queue = queue_of(request, text_of(body, "queue", "")) if body.get("queue") else None
        claim = next_case_claim(actor=request_actor(request), queue=queue)
        if claim is None:
            return Response(status=status.HTTP_204_NO_CONTENT)
        return Response(claim_shown(claim), status=status.HTTP_201_CREATED)


class Extend(View):
    """One's own lease."""

    ability = Ability.CASES_WORK

    @extend_schema(
        operation_id="claim_extend", summary="Start one's lease on a case anew", request=None,
        responses={200: NextOut, **ERRORS},
    )  # fmt: skip
    def post(self, request: Request, case_id: UUID) -> Response:
        actor = request_actor(request)
        claim = claim_live(case_find(case_id))
        if claim is None or claim.person != actor.person:
            raise Conflict("You do not hold this case. Claim it first.")
        return Response(claim_shown(claim_extend(claim=claim, actor=actor)))


class Return(View):
    """Giving a case back."""

    ability = Ability.CASES_WORK

    @extend_schema(
        operation_id="case_return", summary="Give a case back to its queue, with a reason",
        request=ReturnIn, responses={204: None, **ERRORS},
    )  # fmt: skip
    def post(self, request: Request, case_id: UUID) -> Response:
        body = object_of(request, "reason")
        reason, actor = text_of(body, "reason", ""), request_actor(request)
        case_release(case=case_find(case_id), actor=actor, reason=reason)
        return Response(status=status.HTTP_204_NO_CONTENT)


class Send(View):
    """Handing a case over."""

    ability = Ability.CASES_WORK

    @extend_schema(
        operation_id="case_send", summary="Keep a case for a named person, who accepts it",
        request=SendIn, responses={201: SentOut, **ERRORS},
    )  # fmt: skip
    def post(self, request: Request, case_id: UUID) -> Response:
        body = object_of(request, "person", "reason", "version")
        seen_of(request, case_id, body)
        name = text_of(body, "person")
        person = Person.objects.filter(username=name, is_active=True).first()
        if person is None:
            raise InvalidInput.of({"person": "Nobody here is called that. Give a sign-in name."})
        row = case_send(
            case=case_find(case_id), person=person, reason=text_of(body, "reason", ""),
            actor=request_actor(request),
        )  # fmt: skip
        shown = {"person": person.username, "until": moment(row.until)}
        return Response(shown, status=status.HTTP_201_CREATED)


class Requeue(View):
    """Moving a case to another queue."""

    ability = Ability.CASES_WORK

    @extend_schema(
        operation_id="case_requeue", summary="Put a case into another queue", request=QueueIn,
        responses={200: RequeuedOut, **ERRORS},
    )  # fmt: skip
    def post(self, request: Request, case_id: UUID) -> Response:
        body = object_of(request, "queue", "reason", "version")
        seen_of(request, case_id, body)
        queue = queue_of(request, text_of(body, "queue"))
        case = case_requeue(
            case=case_find(case_id), queue=queue, reason=text_of(body, "reason", ""),
            actor=request_actor(request),
        )  # fmt: skip
        return Response({"queue": queue.key, "version": case.version})


class Snooze(View):
    """Putting a case off, and bringing it back."""

    ability = Ability.CASES_WORK

    @extend_schema(
        operation_id="case_snooze", summary="Put a case off until a moment", request=SnoozeIn,
        responses={200: SnoozedOut, **ERRORS},
    )  # fmt: skip
    def post(self, request: Request, case_id: UUID) -> Response:
        body = object_of(request, "until", "waiting_for", "reason", "version")
        seen_of(request, case_id, body)
        case = case_snooze(
            case=case_find(case_id), until=moment_of(text_of(body, "until"), "until"),
            waiting_for=text_of(body, "waiting_for", ""), reason=text_of(body, "reason", ""),
            actor=request_actor(request),
        )  # fmt: skip
        return Response({"until": moment(case.snoozed_until), "version": case.version})

    @extend_schema(
        operation_id="case_wake", summary="Bring a case back before its time", request=None,
        responses={204: None, **ERRORS},
    )  # fmt: skip
    def delete(self, request: Request, case_id: UUID) -> Response:
        case_wake(case=case_find(case_id), actor=request_actor(request))
        return Response(status=status.HTTP_204_NO_CONTENT)


class Skip(View):
    """Leaving a case to others."""

    ability = Ability.CASES_WORK

    @extend_schema(
        operation_id="case_skip", summary="Leave a case out of one's own next ones", request=None,
        responses={200: SkippedOut, **ERRORS},
    )  # fmt: skip
    def post(self, request: Request, case_id: UUID) -> Response:
        skip = case_skip(case=case_find(case_id), actor=request_actor(request))
        return Response({"until": moment(skip.until)})


class Escalation(View):
    """Asking a lead to look."""

    ability = Ability.CASES_WORK

    @extend_schema(
        operation_id="case_escalate", summary="Ask a lead to look at a case", request=EscalateIn,
        responses={200: EscalatedOut, **ERRORS},
    )  # fmt: skip
    def post(self, request: Request, case_id: UUID) -> Response:
        body = object_of(request, "reason")
        reason, actor = text_of(body, "reason", ""), request_actor(request)
        case = case_escalate(case=case_find(case_id), reason=reason, actor=actor)
        return Response({"escalated_at": moment(case.escalated_at)})


class EscalationAnswer(View):
    """The lead's answer."""

    ability = Ability.QUEUES_MANAGE

    @extend_schema(
        operation_id="case_calm", summary="Answer an escalated case", request=EscalateIn,
        responses={200: EscalatedOut, **ERRORS},
    )  # fmt: skip
    def post(self, request: Request, case_id: UUID) -> Response:
        body = object_of(request, "reason")
        reason, actor = text_of(body, "reason", ""), request_actor(request)
        case = case_calm(case=case_find(case_id), reason=reason, actor=actor)
        return Response({"escalated_at": moment(case.escalated_at)})


class Merge(View):
    """Two cases of one thing."""

    ability = Ability.CASES_WORK

    @extend_schema(
        operation_id="case_merge", summary="Put a case into another one", request=MergeIn,
        responses={200: MergedOut, **ERRORS},
    )  # fmt: skip
    def post(self, request: Request, case_id: UUID) -> Response:
        body = object_of(request, "into", "reason", "version")
        seen_of(request, case_id, body)
        actor = request_actor(request)
        into_id = uuid_of(text_of(body, "into"), "into")
        case_require(actor.person, into_id)
        into = case_find(into_id)
        case = case_merge(
            case=case_find(case_id), into=into, reason=text_of(body, "reason", ""), actor=actor
        )
        return Response({"case": str(case.pk), "number": case.label, "version": case.version})


class Split(View):
    """A report that is about something else."""

    ability = Ability.CASES_WORK

    @extend_schema(
        operation_id="report_split", summary="Give a report a case of its own", request=SplitIn,
        responses={201: SplitOut, **ERRORS},
    )  # fmt: skip
    def post(self, request: Request, case_id: UUID) -> Response:
        body = object_of(request, "report", "reason", "also", "version")
        seen_of(request, case_id, body)
        report = (
            case_find(case_id).reports.filter(pk=uuid_of(text_of(body, "report"), "report")).first()
        )
        if report is None:
            raise NotFound("This case has no such report.")
        case = report_split(
            report=report, reason=text_of(body, "reason", ""), also=texts_of(body, "also", []),
            actor=request_actor(request),
        )  # fmt: skip
        shown = {"case": str(case.pk), "number": case.label}
        return Response(shown, status=status.HTTP_201_CREATED)


class Board(View):
    """What breaches next."""

    ability = Ability.CASES_READ

    @extend_schema(
        operation_id="clocks_board", summary="Late clocks, and those that end within a day",
        parameters=[*PAGE, OpenApiParameter("queue", str)], responses={200: BoardPage, **ERRORS},
    )  # fmt: skip
    def get(self, request: Request) -> Response:
        key = request.query_params.get("queue", "")
        queue = queue_of(request, key) if key else None
        rows = clocks_about_to_breach(
            person=request_actor(request).person, queue=queue.pk if queue else None
        )
        at = now()
        return listed(
            request, rows, by=("due_at", "id"), name="clocks",
            show=lambda row: board_shown(row, at=at),
        )  # fmt: skip


def board_shown(row: Clock, *, at: datetime) -> dict[str, object]:
    """A line of the board."""
    return {
        "id": str(row.pk),
        "case": str(row.case_id),
        "number": row.case.label,
        "queue": row.case.queue.key,
        "rule": row.rule,
        "duty": row.duty,
        "title": row.title,
        "own_target": row.service,
        "due_at": moment(row.due_at),
        "state": pressing(row, at=at),
    }


def queue_of(request: Request, key: str) -> Queue:
    """A queue by its key, if one sees it; raises NotFound."""
    queue = queues_visible(request_actor(request).person).filter(key=key).first()
    if queue is None:
        raise NotFound(f"There is no queue “{key[:40]}”.")
    return queue


def queue_shown(queue: Queue) -> dict[str, object]:
    """A queue as the API shows it."""
    return {
        "key": queue.key,
        "title": queue.title,
        "order": queue.order,
        "targets": [
            {"kind": row.kind, "minutes": row.minutes, "pauses": row.pauses}
            for row in queue.targets.all()
        ],
    }


def claim_shown(claim: CaseClaim) -> dict[str, object]:
    """A claim as the API shows it."""
    case = claim.case
    return {
        "case": str(case.pk),
        "number": case.label,
        "until": moment(claim.until),
        "version": case.version,
        "priority": case.priority,
        "why": case.priority_why,
    }
