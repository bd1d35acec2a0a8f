"""The line, for programs: each view reads the request, calls one service, shows the result."""

from __future__ import annotations

import json
from typing import Any, ClassVar
from uuid import UUID

from django.conf import settings
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from probity.accounts.roles import Ability
from probity.cases.access import visible
from probity.cases.claims import case_claim
from probity.cases.notice import notice_read, places_read
from probity.cases.selectors import case_find, cases_waiting
from probity.core.addresses import status_url
from probity.core.errors import InvalidInput
from probity.core.throttle import throttle
from probity.decisions.selectors import statement_current
from probity.evidence.uploads import received_file
from probity.workflow.case_decide import (
    evidence_seal,
    facts_answer,
    places_answer,
)
from probity.workflow.report_receive import report_receive

from .authentication import request_actor
from .representations import case_shown, evaluation_shown, moment, statement_shown
from .serializers import CaseOut, ClaimOut, ProblemOut, ReportIn, ReportOut

ERRORS = dict.fromkeys((400, 401, 403, 404, 409, 413, 422, 423, 429), ProblemOut)


class View(APIView):
    """One ability per view, and a rate per token."""

    ability: ClassVar[Ability]

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        throttle(scope="api", who=str(request_actor(request).name), rate=settings.API_RATE)


class Reports(View):
    """Notices."""

    ability = Ability.REPORTS_WRITE

    @extend_schema(
        operation_id="report_receive",
        summary="Report a piece of media",
        request={"multipart/form-data": ReportIn, "application/json": ReportIn},
        parameters=[OpenApiParameter("Idempotency-Key", str, OpenApiParameter.HEADER)],
        responses={201: ReportOut, 200: ReportOut, **ERRORS},
    )
    def post(self, request: Request) -> Response:
        upload = received_file(touch(request))
        notice = notice_read(_fields(request), has_file=upload is not None)
        receipt = report_receive(
            notice=notice,
            upload=upload,
            channel="api",
            actor=request_actor(request),
            idempotency_key=request.headers.get("Idempotency-Key", "").strip(),
        )
        return Response(
            {
                "id": str(receipt.report.pk),
                "case": str(receipt.case.pk),
                "receipt": receipt.token,
                "status_url": status_url(request, receipt.token),
            },
            status=status.HTTP_200_OK if receipt.repeated else status.HTTP_201_CREATED,
        )


class Cases(View):
    """The queue."""

    ability = Ability.CASES_READ

    @extend_schema(
        operation_id="cases_list",
        summary="Undecided cases, the most urgent first",
        responses={200: {"type": "object"}, **ERRORS},
    )
    def get(self, request: Request) -> Response:
        rows = [
            {
                "id": str(case.pk),
                "number": case.label,
                "state": case.state,
                "category": case.category,
                "places": case.places,
                "opened_at": moment(case.opened_at),
                "due_at": moment(case.due_at),
                "queue": case.queue.key,
                "priority": case.priority,
            }
            for case in cases_waiting()
            .filter(visible(request_actor(request).person))
            .select_related("queue")[:200]
        ]
        return Response({"cases": rows})


class OneCase(View):
    """One case."""

    ability = Ability.CASES_READ

    @extend_schema(
        operation_id="case_read", summary="A whole case", responses={200: CaseOut, **ERRORS}
    )
    def get(self, request: Request, case_id: UUID) -> Response:  # noqa: ARG002
        return Response(case_shown(case_find(case_id)))


class Claim(View):
    """Who holds a case."""

    ability = Ability.CASES_WORK

    @extend_schema(
        operation_id="case_claim",
        summary="Take a case for one lease, or extend one's own claim",
        request=None,
        responses={200: ClaimOut, **ERRORS},
    )
    def post(self, request: Request, case_id: UUID) -> Response:
        claim = case_claim(case=case_find(case_id), actor=request_actor(request))
        return Response(
            {
                "case": str(claim.case_id),
                "person": claim.person.username,
                "until": moment(claim.until),
            }
        )


class Facts(View):
    """Answers to the law's questions."""

    ability = Ability.CASES_WORK

    @extend_schema(
        operation_id="facts_answer",
        summary="Answer questions of the law: name to true, false or null",
        request={"application/json": {"type": "object", "additionalProperties": True}},
        responses={200: {"type": "object"}, **ERRORS},
    )
    def post(self, request: Request, case_id: UUID) -> Response:
        if not isinstance(request.data, dict):
            raise InvalidInput("Send an object of fact names, each with true, false or null.")
        evaluation = facts_answer(
            case=case_find(case_id), answers=dict(request.data), actor=request_actor(request)
        )
        return Response(evaluation_shown(evaluation))


class Places(View):
    """Where it matters."""

    ability = Ability.CASES_WORK

    @extend_schema(
        operation_id="places_answer",
        summary="Say which places the case concerns: ISO 3166 codes",
        request={"application/json": {"type": "object", "additionalProperties": True}},
        responses={200: {"type": "object"}, **ERRORS},
    )
    def post(self, request: Request, case_id: UUID) -> Response:
        if not isinstance(request.data, dict) or set(request.data) != {"places"}:
            raise InvalidInput("Send an object with “places”: ISO 3166 codes such as US-CA, DE.")
        evaluation = places_answer(
            case=case_find(case_id),
            places=places_read(request.data["places"]),
            actor=request_actor(request),
        )
        return Response(evaluation_shown(evaluation))


class Statement(View):
    """Statements of reasons."""

    ability = Ability.CASES_READ

    @extend_schema(
        operation_id="statement_read",
        summary="The statement of reasons in force",
        responses={200: {"type": "object"}, **ERRORS},
    )
    def get(self, request: Request, case_id: UUID) -> Response:  # noqa: ARG002
        return Response(statement_shown(statement_current(case_find(case_id))))


class Seal(View):
    """Assets that may show a minor."""

    ability = Ability.ASSETS_SEAL

    @extend_schema(
        operation_id="asset_seal",
        summary="Seal an asset for good: hash only from then on",
        request=None,
        responses={204: None, **ERRORS},
    )
    def post(self, request: Request, case_id: UUID, sha256: str) -> Response:
        case = case_find(case_id)
        item = case.items.select_related("asset").filter(asset_id=sha256).first()
        if item is None:
            raise InvalidInput("This case has no asset with this SHA-256.")
        evidence_seal(case=case, asset=item.asset, actor=request_actor(request))
        return Response(status=status.HTTP_204_NO_CONTENT)


def touch(request: Request) -> Any:
    """Have the body parsed, and hand back Django's own request with its files."""
    request.data  # noqa: B018 - parsing happens on first access
    return request._request


def _fields(request: Request) -> dict[str, object]:
    if not hasattr(request.data, "items"):
        raise InvalidInput("Send the report's fields as a form or as one JSON object.")
    names = ReportIn().fields.keys() - {"file"}
    unknown = sorted(set(request.data) - names - {"file"})
    if unknown:
        raise InvalidInput.of({name: f"There is no field “{name}”." for name in unknown})
    fields = {name: value for name, value in request.data.items() if name in names}
    return {**fields, "uploader": _uploader(fields.get("uploader"))}


def _uploader(given: object) -> object:
    """The uploader: an object, or its JSON text where a form carries the report."""
    if not isinstance(given, str) or not given.strip():
        return given
    try:
        return json.loads(given)
    except ValueError:
        raise InvalidInput.of({"uploader": "“uploader” must be an object, as JSON in a form."})
