"""Cases, reports and decisions as lists that a platform follows with a cursor."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Prefetch, Q, QuerySet
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from probity.accounts.roles import Ability
from probity.audit.models import AuditEvent
from probity.audit.services import case_chain
from probity.cases.access import case_require, cases_visible, visible
from probity.cases.models import UNDECIDED, Case, CaseClaim, CaseState, Category, Report
from probity.cases.notice import PLACE
from probity.cases.selectors import case_find
from probity.core.clock import now
from probity.core.errors import InvalidInput, NotFound
from probity.decisions.models import Action, Decision, DecisionState
from probity.quality.selectors import like_any_other

from .authentication import request_actor
from .base import ERRORS, View
from .bodies import moment_of
from .deciding import decision_whole
from .paging import PAGE, filters_only, listed
from .queues import queue_of
from .representations import moment
from .shapes_work import (
    CaseReportOut,
    CaseReportsPage,
    CasesPage,
    DecisionsPage,
    EventsPage,
)

ORDERS = {
    "urgent": ("-priority", "due_at", "opened_at", "id"),
    "due": ("due_at", "id"),
    "oldest": ("number",),
    "newest": ("-number",),
}
STATES = ("undecided", *CaseState, "any")
MOMENT = {"type": "string", "format": "date-time"}


class Cases(View):
    """Cases by filters."""

    ability = Ability.CASES_READ

    @extend_schema(
        operation_id="cases_list",
        summary="Cases; undecided ones by urgency unless asked otherwise",
        parameters=[
            *PAGE,
            OpenApiParameter("state", str, enum=STATES, description="“undecided” if left out."),
            OpenApiParameter("order", str, enum=list(ORDERS), description="“urgent” if left out."),
            OpenApiParameter("queue", str),
            OpenApiParameter("category", str, enum=list(Category)),
            OpenApiParameter("place", str, description="An ISO 3166 code such as DE or US-CA."),
            OpenApiParameter("claimed", str, enum=["me", "somebody", "nobody"]),
            OpenApiParameter("opened_from", MOMENT),
            OpenApiParameter("opened_before", MOMENT),
            OpenApiParameter("due_before", MOMENT),
        ],
        responses={200: CasesPage, **ERRORS},
    )
    def get(self, request: Request) -> Response:
        filters_only(
            request, "state", "order", "queue", "category", "place", "claimed", "opened_from",
            "opened_before", "due_before",
        )  # fmt: skip
        asked = _chosen(request, "order", ORDERS, "urgent")
        rows = _filtered(request).select_related("queue").prefetch_related(_claims())
        return listed(request, rows, by=ORDERS[asked], name="cases", show=case_row)


class CaseReports(View):
    """What was reported."""

    ability = Ability.CASES_READ

    @extend_schema(
        operation_id="case_reports",
        summary="The reports of a case, the first one first; who sent them is not shown",
        parameters=PAGE,
        responses={200: CaseReportsPage, **ERRORS},
    )
    def get(self, request: Request, case_id: UUID) -> Response:
        rows = case_find(case_id).reports.select_related("sender")
        return listed(request, rows, by=("received_at", "id"), name="reports", show=report_shown)


class OneReport(View):
    """One report, and the case it is in now."""

    ability = Ability.CASES_READ

    @extend_schema(
        operation_id="report_read",
        summary="A report, with the case it belongs to now that cases were merged or split",
        responses={200: CaseReportOut, **ERRORS},
    )
    def get(self, request: Request, report_id: UUID) -> Response:
        seen = visible(request_actor(request).person, through="case")
        found = Report.objects.filter(seen, pk=report_id).select_related("sender").first()
        if found is None:
            raise NotFound("There is no report with this id.")
        return Response(report_shown(found))


class CaseEvents(View):
    """A case's own record."""

    ability = Ability.AUDIT_READ

    @extend_schema(
        operation_id="case_events",
        summary="The audit events of a case in their chain: ids, digests and commitments",
        parameters=PAGE,
        responses={200: EventsPage, **ERRORS},
    )
    def get(self, request: Request, case_id: UUID) -> Response:
        case_require(request_actor(request).person, case_id)
        rows = AuditEvent.objects.filter(chain_id=case_chain(case_find(case_id).pk))
        return listed(request, rows, by=("seq",), name="events", show=event_shown)


class Decisions(View):
    """What was decided, in the order in which it was."""

    ability = Ability.CASES_READ

    @extend_schema(
        operation_id="decisions_list",
        summary="Decisions, the first one first: to follow, or to check what webhooks told",
        parameters=[
            *PAGE,
            OpenApiParameter("state", str, enum=list(DecisionState)),
            OpenApiParameter("action", str, enum=list(Action)),
            OpenApiParameter("queue", str),
            OpenApiParameter("category", str, enum=list(Category)),
            OpenApiParameter("from", MOMENT),
            OpenApiParameter("before", MOMENT),
        ],
        responses={200: DecisionsPage, **ERRORS},
    )
    def get(self, request: Request) -> Response:
        filters_only(request, "state", "action", "queue", "category", "from", "before")
        person = request_actor(request).person
        rows = Decision.objects.filter(
            visible(person, through="case"), like_any_other(person)
        ).select_related("case", "person", "standing", "approval__person")
        wanted = _where(
            standing__state=_chosen(request, "state", DecisionState),
            measures__action=_chosen(request, "action", Action),
            case__category=_chosen(request, "category", Category),
            case__queue=_queue(request),
            at__gte=_moment(request, "from"),
            at__lt=_moment(request, "before"),
        )
        found = rows.filter(wanted).prefetch_related("measures")
        return listed(request, found, by=("at", "id"), name="decisions", show=decision_whole)


def case_row(case: Case) -> dict[str, Any]:
    """A case of a list; ``live_claims`` is prefetched."""
    held = next(iter(case.live_claims), None)  # type: ignore[attr-defined]
    return {
        "id": str(case.pk),
        "number": case.label,
        "state": case.state,
        "category": case.category,
        "places": case.places,
        "opened_at": moment(case.opened_at),
        "decided_at": moment(case.decided_at),
        "due_at": moment(case.due_at),
        "queue": case.queue.key,
        "priority": case.priority,
        "version": case.version,
        "snoozed_until": moment(case.snoozed_until),
        "claim": {"person": held.person.username, "until": moment(held.until)} if held else None,
    }


def report_shown(row: Report) -> dict[str, Any]:
    """A report without whoever sent it; a trusted flagger or an authority is named."""
    return {
        "id": str(row.pk),
        "case": str(row.case_id),
        "category": row.category,
        "explanation": row.explanation,
        "url": row.url or None,
        "sha256": row.claimed_sha256 or None,
        "places": row.places,
        "language": row.language or None,
        "depicted": row.depicted,
        "on_behalf": row.on_behalf,
        "sender_kind": row.sender_kind,
        "sender": row.sender.name if row.sender else None,
        "channel": row.channel,
        "received_at": moment(row.received_at),
        "request_valid_at": moment(row.request_valid_at),
    }


def event_shown(row: AuditEvent) -> dict[str, Any]:
    """One event of a chain."""
    return {
        "seq": row.seq,
        "name": row.name,
        "at": moment(row.at),
        "actor": row.actor,
        "payload": row.payload,
        "prev": row.prev,
        "hash": row.hash,
    }


def _claims() -> Prefetch[str]:
    live = CaseClaim.objects.filter(ended_at=None, until__gte=now()).select_related("person")
    return Prefetch("claims", queryset=live, to_attr="live_claims")


def _filtered(request: Request) -> QuerySet[Case]:
    actor, params = request_actor(request), request.query_params
    state = _chosen(request, "state", STATES, "undecided")
    rows = cases_visible(actor.person)
    if state == "undecided":
        rows = rows.filter(UNDECIDED)
    elif state != "any":
        rows = rows.filter(state=state)
    claimed = _chosen(request, "claimed", ("me", "somebody", "nobody"))
    if claimed:
        live = CaseClaim.objects.filter(ended_at=None, until__gte=now())
        held = (live.filter(person=actor.person) if claimed == "me" else live).values("case")
        rows = rows.exclude(pk__in=held) if claimed == "nobody" else rows.filter(pk__in=held)
    place = params.get("place", "").strip().upper()
    if place and not PLACE.match(place):
        raise InvalidInput.of({"place": "“place” is an ISO 3166 code such as DE or US-CA."})
    return rows.filter(
        _where(
            queue=_queue(request),
            category=_chosen(request, "category", Category),
            places__contains=[place] if place else None,
            opened_at__gte=_moment(request, "opened_from"),
            opened_at__lt=_moment(request, "opened_before"),
            due_at__lt=_moment(request, "due_before"),
        )
    )


def _where(**wanted: object) -> Q:
    """The conditions that were asked for."""
    return Q(**{name: value for name, value in wanted.items() if value})


def _chosen(request: Request, name: str, known: Any, default: str = "") -> str:
    value = request.query_params.get(name, "") or default
    if value and value not in set(known):
        raise InvalidInput.of({name: f"“{name}” is one of {', '.join(known)}."})
    return value


def _queue(request: Request) -> UUID | None:
    key = request.query_params.get("queue", "")
    return queue_of(request, key).pk if key else None


def _moment(request: Request, name: str) -> datetime | None:
    text = request.query_params.get(name, "")
    return moment_of(text.replace(" ", "+"), name) if text else None
