"""Checking a file, for programs: the same answer as on the check page."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from probity.credentials.checks import check_forget, check_keep, check_receive
from probity.credentials.representations import check_told
from probity.credentials.selectors import check_find, check_picture
from probity.workflow.wake import wake_desk

from .base import ERRORS
from .open_doors import BodyIsFile, OpenView, file_of, file_rate

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


class KeptCheck(OpenView):
    """Keeping an answer."""

    @extend_schema(
        operation_id="check_keep",
        summary="Keep the answer for longer; the file is gone all the same",
        request=None,
        responses={200: OBJECT, **ERRORS},
    )
    def post(self, request: Request, check_id: UUID) -> Response:  # noqa: ARG002
        return Response(check_told(check_keep(check=check_find(check_id))))


class CheckedPicture(OpenView):
    """A small picture of our own making."""

    @extend_schema(
        operation_id="check_picture",
        summary="A small picture of the file (“view”) or of a step of its history",
        responses={
            **{(200, kind): OpenApiTypes.BINARY for kind in ("image/jpeg", "image/png")},
            **ERRORS,
        },
    )
    def get(self, request: Request, check_id: UUID, node: str) -> HttpResponse:  # noqa: ARG002
        row = check_picture(check=check_find(check_id), node=node)
        return HttpResponse(
            bytes(row.data), content_type=row.media_type, headers={"Cache-Control": "no-store"}
        )
