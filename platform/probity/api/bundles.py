"""Evidence bundles, for programs."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import FileResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from probity.accounts.roles import Ability
from probity.bundles.models import Export
from probity.bundles.selectors import export_find, exports_of
from probity.cases.selectors import case_find
from probity.core.errors import InvalidInput
from probity.evidence.selectors import bundle_open
from probity.workflow.case_export import case_export, export_hand_out

from .authentication import request_actor
from .base import ERRORS, View
from .paging import PAGE, listed_here
from .representations import moment
from .serializers import ExportIn
from .shapes_record import ExportOut, ExportsPage

NAMES = ("profile", "purpose", "recipient", "why")


class Exports(View):
    """The bundles of a case."""

    ability = Ability.BUNDLES_EXPORT

    @extend_schema(
        operation_id="exports_list",
        parameters=PAGE,
        summary="The evidence bundles of a case",
        responses={200: ExportsPage, **ERRORS},
    )
    def get(self, request: Request, case_id: UUID) -> Response:
        rows = exports_of(case_find(case_id))
        return listed_here(request, rows, key=lambda row: row.pk, name="exports", show=_shown)

    @extend_schema(
        operation_id="case_export",
        summary="Have an evidence bundle made; a worker builds it",
        request=ExportIn,
        responses={202: ExportOut, **ERRORS},
    )
    def post(self, request: Request, case_id: UUID) -> Response:
        export = case_export(
            case=case_find(case_id), actor=request_actor(request), **_asked(request.data)
        )
        return Response(_shown(export), status=status.HTTP_202_ACCEPTED)


class OneExport(View):
    """One bundle."""

    ability = Ability.BUNDLES_EXPORT

    @extend_schema(
        operation_id="export_read",
        summary="How far a bundle is",
        responses={200: ExportOut, **ERRORS},
    )
    def get(self, request: Request, case_id: UUID, export_id: UUID) -> Response:  # noqa: ARG002
        return Response(_shown(export_find(case=case_find(case_id), export_id=export_id)))


class ExportFile(View):
    """The file itself."""

    ability = Ability.BUNDLES_EXPORT

    @extend_schema(
        operation_id="export_download",
        summary="Download a finished bundle; the download is recorded",
        responses={(200, "application/zip"): OpenApiTypes.BINARY, **ERRORS},
    )
    def get(self, request: Request, case_id: UUID, export_id: UUID) -> FileResponse:
        export = export_find(case=case_find(case_id), export_id=export_id)
        name = export_hand_out(export=export, actor=request_actor(request))
        return FileResponse(bundle_open(name), content_type="application/zip")


def _asked(data: object) -> dict[str, str]:
    if not isinstance(data, dict):
        raise InvalidInput("Send an object with profile, purpose, recipient and why.")
    unknown = sorted(set(data) - set(NAMES))
    wrong = {name: f"There is no field “{name}”." for name in unknown}
    wrong |= {
        name: f"“{name}” must be text." for name in NAMES if not isinstance(data.get(name, ""), str)
    }
    if wrong:
        raise InvalidInput.of(wrong)
    return {name: data.get(name, "") for name in NAMES}


def _shown(row: Export) -> dict[str, Any]:
    return {
        "id": str(row.pk),
        "case": str(row.case_id),
        "profile": row.profile,
        "purpose": row.purpose,
        "recipient": row.recipient,
        "state": row.state,
        "done": row.done,
        "files": row.total,
        "bytes": row.bytes,
        "sha256": row.sha256,
        "error": row.error,
        "asked_at": moment(row.asked_at),
        "ended_at": moment(row.ended_at),
    }
