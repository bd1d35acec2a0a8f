"""Checking a file, for programs: the same answer as on the check page."""

from __future__ import annotations

from uuid import UUID

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from probity.credentials.checks import check_forget, check_receive
from probity.credentials.representations import check_told
from probity.credentials.selectors import check_find
from probity.workflow.wake import wake_desk

from .open_doors import BodyIsFile, OpenView, file_of, file_rate
from .views import ERRORS

OBJECT = {"type": "object", "additionalProperties": True}


class Checks(OpenView):
    """Files to check."""

    parser_classes = (MultiPartParser, BodyIsFile)

    @extend_schema(
        operation_id="check_make",
        summary="Check where a file comes from; nothing is kept but the answer, for a while",
        request={"application/octet-stream": OpenApiTypes.BINARY},
        responses={201: OBJECT, **ERRORS},
    )
    def post(self, request: Request) -> Response:
        file_rate(request)
        with file_of(request) as received:
            row = check_receive(upload=received)
        wake_desk()
        return Response(check_told(row), status=status.HTTP_201_CREATED)


class OneCheck(OpenView):
    """One answer; its id is the key to it."""

    @extend_schema(
        operation_id="check_read",
        summary="The answer, with what takes longer once it is there",
        responses={200: OBJECT, **ERRORS},
    )
    def get(self, request: Request, check_id: UUID) -> Response:  # noqa: ARG002
        return Response(check_told(check_find(check_id)))

    @extend_schema(
        operation_id="check_forget",
        summary="Delete the answer now",
        responses={204: None, **ERRORS},
    )
    def delete(self, request: Request, check_id: UUID) -> Response:  # noqa: ARG002
        check_forget(check=check_find(check_id))
        return Response(status=status.HTTP_204_NO_CONTENT)
