"""Many reports in one call, each with its own outcome."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from probity.accounts.roles import Ability
from probity.core.addresses import status_url
from probity.core.errors import InvalidInput, Refusal
from probity.evidence.uploads import ReceivedFile, received_file
from probity.workflow.report_bulk import Incoming, reports_receive
from probity.workflow.report_receive import Receipt

from .authentication import request_actor
from .base import ERRORS, View
from .idempotency import key_of, resumed, scoped
from .problems import problem_body
from .serializers import ProblemOut, ReportFields
from .views import touch

MOST = 500
OWN = {"file", "id"}


class BulkReportIn(ReportFields):
    """One report; ``file`` is the name of the form's part that holds it, ``id`` the caller's own
    name for the report, which comes back with its outcome."""

    file = serializers.CharField(required=False)
    id = serializers.CharField(required=False, max_length=200)


class BulkReportsIn(serializers.Serializer[dict[str, object]]):
    """Up to 500 reports."""

    reports = serializers.ListField(child=BulkReportIn(), min_length=1, max_length=MOST)


BULK_FORM: dict[str, Any] = {
    "type": "object",
    "description": "The same as a form: every other part is a file that a report names.",
    "properties": {
        "reports": {"type": "string", "maxLength": 200_000, "description": "JSON text of the list"}
    },
    "required": ["reports"],
    "additionalProperties": {"type": "string", "format": "binary"},
}


class BulkReportOut(serializers.Serializer[dict[str, object]]):
    """201: received now; 200: it had been; anything else: refused, and ``problem`` says why."""

    index = serializers.IntegerField(min_value=0)
    id = serializers.CharField(allow_null=True)
    status = serializers.IntegerField()
    report = serializers.UUIDField(allow_null=True)
    case = serializers.UUIDField(allow_null=True)
    receipt = serializers.CharField(allow_null=True)
    status_url = serializers.CharField(allow_null=True)
    problem = ProblemOut(allow_null=True)


class BulkReportsOut(serializers.Serializer[dict[str, object]]):
    """What became of each report, in the order in which they were sent."""

    received = serializers.IntegerField()
    repeated = serializers.IntegerField()
    refused = serializers.IntegerField()
    reports = BulkReportOut(many=True)


class BulkReports(View):
    """Notices by the hundred."""

    ability = Ability.REPORTS_WRITE
    keeps, takes_key = False, True

    @extend_schema(
        operation_id="reports_receive",
        summary="Report up to 500 pieces of media; each is kept or refused by itself",
        request={"application/json": BulkReportsIn, "multipart/form-data": BULK_FORM},
        responses={200: BulkReportsOut, **ERRORS},
    )
    @resumed
    def post(self, request: Request) -> Response:
        given = _reports(request)
        incoming = [_incoming(request, place, each) for place, each in enumerate(given)]
        found = reports_receive(reports=incoming, channel="api", actor=request_actor(request))
        rows = [
            _outcome(request, place, each.get("id"), came)
            for place, (each, came) in enumerate(zip(given, found, strict=True))
        ]
        codes = [row["status"] for row in rows]
        received, repeated = codes.count(HTTPStatus.CREATED), codes.count(HTTPStatus.OK)
        return Response(
            {
                "received": received,
                "repeated": repeated,
                "refused": len(rows) - received - repeated,
                "reports": rows,
            }
        )


def _reports(request: Request) -> Sequence[Mapping[str, Any]]:
    received_file(touch(request))  # a part that was cut off is refused here
    data = request.data
    given = data.get("reports") if isinstance(data, Mapping) else None
    if isinstance(given, str):
        try:
            given = json.loads(given)
        except ValueError:
            raise InvalidInput.of({"reports": "“reports” must be a list, as JSON in a form."})
    if not isinstance(given, list) or not all(isinstance(each, Mapping) for each in given):
        raise InvalidInput.of({"reports": "Send “reports”: a list of objects, one per report."})
    if not 0 < len(given) <= MOST:
        raise InvalidInput.of(
            {"reports": f"Send 1 to {MOST} reports at a time; these are {len(given)}."}
        )
    unknown = sorted(set(data) - {"reports"} - set(request.FILES))
    if unknown:
        raise InvalidInput.of({name: f"There is no field “{name}”." for name in unknown})
    if not all(isinstance(each.get("id", ""), str) for each in given):
        raise InvalidInput.of({"id": "“id” of a report must be text: your own name for it."})
    _files_check(request, given)
    return given


def _files_check(request: Request, given: Sequence[Mapping[str, Any]]) -> None:
    """Each part belongs to exactly one report: keeping it moves it to where evidence lies."""
    named = [each["file"] for each in given if each.get("file") is not None]
    if not all(isinstance(name, str) and name in request.FILES for name in named):
        raise InvalidInput.of(
            {"file": "“file” must name the part of the form that holds the report's file."}
        )
    if len(set(named)) < len(named):
        raise InvalidInput.of(
            {"file": "Two reports name the same part; send “sha256” with the second one."}
        )


def _incoming(request: Request, place: int, each: Mapping[str, Any]) -> Incoming:
    upload = request.FILES.get(each["file"]) if each.get("file") is not None else None
    return Incoming(
        fields={name: value for name, value in each.items() if name not in OWN},
        upload=upload if isinstance(upload, ReceivedFile) else None,
        key=scoped(request, str(place)) if key_of(request) else "",
    )


def _outcome(
    request: Request, place: int, name: object, came: Receipt | Refusal
) -> dict[str, Any]:  # fmt: skip
    shown: dict[str, Any] = {
        "index": place,
        "id": name,
        "report": None,
        "case": None,
        "receipt": None,
        "status_url": None,
        "problem": None,
    }
    if isinstance(came, Refusal):
        return {**shown, "status": came.status, "problem": problem_body(came)}
    return {
        **shown,
        "status": HTTPStatus.OK if came.repeated else HTTPStatus.CREATED,
        "report": str(came.report.pk),
        "case": str(came.case.pk),
        "receipt": came.token,
        "status_url": status_url(request, came.token),
    }
