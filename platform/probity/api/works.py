"""Signing, for programs: asking, following, fetching, withdrawing, finding copies, taking all."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import FileResponse, HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from probity.accounts.roles import Ability
from probity.core.errors import NotFound
from probity.core.throttle import throttle
from probity.credentials.export import work_told, works_export
from probity.credentials.finding import matches_now
from probity.credentials.models import Work
from probity.credentials.selectors import works_rows
from probity.credentials.works import (
    Declared,
    signed_open,
    work_find,
    work_withdraw,
    works_ask,
)
from probity.evidence.uploads import received_file, received_files
from probity.workflow.wake import wake_desk

from .authentication import request_actor
from .base import ERRORS, View
from .bodies import read
from .open_doors import BodyIsFile, file_of
from .paging import PAGE, listed
from .shapes_desk import (
    DeskWorkWholeOut,
    FileForm,
    FoundWorksOut,
    WorksAskedOut,
    WorksForm,
    WorksIn,
    WorksPage,
)
from .views import touch


class Works(View):
    """One's own works."""

    ability = Ability.WORKS_SIGN

    @extend_schema(
        operation_id="works_list",
        summary="One's own works, the latest first",
        parameters=PAGE,
        responses={200: WorksPage, **ERRORS},
    )
    def get(self, request: Request) -> Response:
        rows = works_rows(request_actor(request).require_person(Ability.WORKS_SIGN))
        rows = rows.prefetch_related("bindings")
        return listed(request, rows, by=("-asked_at", "name", "id"), name="works", show=work_told)

    @extend_schema(
        operation_id="works_sign",
        summary="Have files signed alike; all are taken or none, and a worker signs them",
        request={"multipart/form-data": WorksForm},
        responses={202: WorksAskedOut, **ERRORS},
    )
    def post(self, request: Request) -> Response:
        sent = touch(request)
        files, parent = received_files(sent, "files"), received_file(sent, "parent")
        body = read(WorksIn, request)
        identity, actions = body.pop("identity"), tuple(body.pop("actions", ()))
        made = works_ask(
            actor=request_actor(request), identity_id=identity, files=files, parent=parent,
            declared=Declared(actions=actions, **body),
        )  # fmt: skip
        wake_desk()
        shown = {"works": [work_told(work) for work in made]}
        return Response(shown, status=status.HTTP_202_ACCEPTED)


class OneWork(View):
    """One of them."""

    ability = Ability.WORKS_SIGN

    @extend_schema(
        operation_id="work_read",
        summary="A work, with what any reader's verifier said of it when it was signed",
        responses={200: DeskWorkWholeOut, **ERRORS},
    )
    def get(self, request: Request, work_id: UUID) -> Response:
        return Response(_whole(_found(request, work_id)))


class WorkFile(View):
    """The signed file."""

    ability = Ability.WORKS_SIGN

    @extend_schema(
        operation_id="work_download",
        summary="The signed file",
        responses={(200, "application/octet-stream"): OpenApiTypes.BINARY, **ERRORS},
    )
    def get(self, request: Request, work_id: UUID) -> FileResponse:
        row = _found(request, work_id)
        return FileResponse(
            signed_open(row), as_attachment=True, filename=row.name,
            content_type="application/octet-stream",
        )  # fmt: skip


class WorkCredentials(View):
    """Its credentials alone."""

    ability = Ability.WORKS_SIGN

    @extend_schema(
        operation_id="work_credentials",
        summary="The credentials of a signed work as a .c2pa file",
        responses={(200, "application/c2pa"): OpenApiTypes.BINARY, **ERRORS},
    )
    def get(self, request: Request, work_id: UUID) -> HttpResponse:
        row = _found(request, work_id)
        if not row.manifest:
            raise NotFound("This work has no credentials: it was not signed.")
        response = HttpResponse(bytes(row.manifest), content_type="application/c2pa")
        response["Content-Disposition"] = f'attachment; filename="{row.pk}.c2pa"'
        return response


class WorkWithdrawn(View):
    """Taking a signed file back."""

    ability = Ability.WORKS_SIGN

    @extend_schema(
        operation_id="work_withdraw",
        summary="Remove a signed file and stop finding its copies; that it was signed stays known",
        request=None,
        responses={200: DeskWorkWholeOut, **ERRORS},
    )
    def post(self, request: Request, work_id: UUID) -> Response:
        work_withdraw(actor=request_actor(request), work=_found(request, work_id))
        return Response(_whole(_found(request, work_id)))


class WorksFound(View):
    """Stripped copies."""

    ability = Ability.WORKS_SIGN
    keeps = False
    parser_classes = (MultiPartParser, BodyIsFile)

    @extend_schema(
        operation_id="works_find",
        summary="Which work a stripped copy may come from; the copy is not kept",
        request={"multipart/form-data": FileForm, "application/octet-stream": OpenApiTypes.BINARY},
        responses={200: FoundWorksOut, **ERRORS},
    )
    def post(self, request: Request) -> Response:
        throttle(scope="check", who=request_actor(request).name, rate=settings.CHECK_RATE)
        with file_of(request) as received:
            return Response({"matches": matches_now(received.path)})


class WorksTaken(View):
    """Everything, to take away."""

    ability = Ability.WORKS_SIGN
    keeps = False

    @extend_schema(
        operation_id="works_export",
        summary="Everything but keys and media as one ZIP; the taking is recorded",
        request=None,
        responses={(200, "application/zip"): OpenApiTypes.BINARY, **ERRORS},
    )
    def post(self, request: Request) -> FileResponse:
        archive = works_export(actor=request_actor(request))
        return FileResponse(
            archive, as_attachment=True, filename="signed-works.zip",
            content_type="application/zip",
        )  # fmt: skip


def _found(request: Request, work_id: UUID) -> Work:
    return work_find(actor=request_actor(request), work_id=work_id)


def _whole(row: Work) -> dict[str, Any]:
    return {**work_told(row), "record": row.record or None}
