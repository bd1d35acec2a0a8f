"""The line, for programs: each view reads the request, calls one service, shows the result."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from probity.accounts.roles import Ability
from probity.cases.claims import case_claim
from probity.cases.notice import notice_read, places_read
from probity.cases.selectors import case_find
from probity.core.addresses import status_url
from probity.core.errors import InvalidInput
from probity.decisions.selectors import statement_current
from probity.evidence.uploads import received_file
from probity.workflow.case_decide import facts_answer, places_answer
from probity.workflow.report_receive import report_receive

from .authentication import request_actor
from .base import ERRORS, View
from .idempotency import scoped
from .representations import case_shown, evaluation_shown, moment, statement_shown
from .serializers import CaseOut, ClaimOut, ReportFields, ReportIn, ReportOut
from .shapes_work import StatementOut


class Reports(View):
    """Notices."""

    ability = Ability.REPORTS_WRITE
    keeps, takes_key = False, True

    @extend_schema(
        operation_id="report_receive",
        summary="Report a piece of media",
        request={"multipart/form-data": ReportIn, "application/json": ReportFields},
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
            idempotency_key=scoped(request),
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
        responses={200: StatementOut, **ERRORS},
    )
    def get(self, request: Request, case_id: UUID) -> Response:  # noqa: ARG002
        return Response(statement_shown(statement_current(case_find(case_id))))


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
