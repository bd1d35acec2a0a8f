"""The C2PA Soft Binding Resolution API (version 1.0.0): credentials of stripped copies found again.

Paths, parameters and answers are the specification's. What is found was signed here; manifests are
public by nature, so no token is asked for.
"""

from __future__ import annotations

import base64
import binascii

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from probity.core.errors import InvalidInput
from probity.credentials.finding import (
    ALGORITHM_MOST,
    algorithms,
    found_by_binding,
    found_by_content,
)
from probity.credentials.selectors import manifest_find

from .base import ERRORS
from .open_doors import BodyIsFile, OpenView, file_of, file_rate
from .parsers import BoundedJSON

OBJECT = {"type": "object", "additionalProperties": True}
MOST_RESULTS = 100
VALUE_MOST = 8192
MAX = OpenApiParameter("maxResults", int, description="1 to 100, 10 when left out")
ALG = OpenApiParameter("alg", str)
ACTIVE = OpenApiParameter("returnActiveManifest", bool)


class SupportedAlgorithms(OpenView):
    """What can be asked for."""

    @extend_schema(
        operation_id="getSupportedBindings",
        summary="The soft binding algorithms that are looked up here",
        responses={200: OBJECT, **ERRORS},
    )
    def get(self, request: Request) -> Response:  # noqa: ARG002
        return Response(
            {kind: [{"alg": name} for name in names] for kind, names in algorithms().items()}
        )


class ByBinding(OpenView):
    """A value that somebody read or computed."""

    parser_classes = (BoundedJSON,)

    @extend_schema(
        operation_id="queryByBinding",
        summary="Manifests of works with this soft binding",
        parameters=[OpenApiParameter("alg", str, required=True),
                    OpenApiParameter("value", str, required=True), MAX],
        responses={200: OBJECT, **ERRORS},
    )  # fmt: skip
    def get(self, request: Request) -> Response:
        return _answer(request, request.query_params.get("alg"), request.query_params.get("value"))

    @extend_schema(
        operation_id="queryByLargeBinding",
        summary="The same for values too long for an address",
        parameters=[MAX],
        request={"application/json": OBJECT},
        responses={200: OBJECT, **ERRORS},
    )
    def post(self, request: Request) -> Response:
        if not isinstance(request.data, dict):
            raise InvalidInput("Send an object with “alg” and “value”.")
        return _answer(request, request.data.get("alg"), request.data.get("value"))


class ByContent(OpenView):
    """A file."""

    parser_classes = (MultiPartParser, BodyIsFile)

    @extend_schema(
        operation_id="uploadFile",
        summary="Manifests of works that a file may be a copy of",
        parameters=[ALG, MAX, OpenApiParameter("hintAlg", str), OpenApiParameter("hintValue", str)],
        request={"application/octet-stream": OpenApiTypes.BINARY},
        responses={200: OBJECT, **ERRORS},
    )
    def post(self, request: Request) -> Response:
        asked = request.query_params
        alg, most = _algorithm(asked.get("alg"), required=False), _most(request)
        hint = None
        if asked.get("hintAlg") or asked.get("hintValue"):
            hint = (_algorithm(asked.get("hintAlg")), _value(asked.get("hintValue")))
        file_rate(request)
        with file_of(request) as received:
            found = found_by_content(received.path, algorithm=alg, hint=hint, most=most)
        return Response({"matches": found})


class Manifest(OpenView):
    """The credentials themselves."""

    @extend_schema(
        operation_id="getManifestById",
        summary="The manifest store, or its active manifest alone",
        parameters=[ACTIVE],
        responses={(200, "application/c2pa"): OpenApiTypes.BINARY, **ERRORS},
    )
    def get(self, request: Request, manifest_id: str) -> HttpResponse:
        active = request.query_params.get("returnActiveManifest", "false").lower()
        if active not in {"true", "false"}:
            raise InvalidInput("“returnActiveManifest” is true or false.")
        store = manifest_find(manifest_id, active_only=active == "true")
        response = HttpResponse(store, content_type="application/c2pa")
        response["Content-Disposition"] = 'attachment; filename="credentials.c2pa"'
        return response


def _answer(request: Request, algorithm: object, value: object) -> Response:
    found = found_by_binding(
        algorithm=_algorithm(algorithm), value=_value(value), most=_most(request)
    )
    return Response({"matches": found})


def _algorithm(name: object, *, required: bool = True) -> str:
    if name is None and not required:
        return ""
    known = [known for names in algorithms().values() for known in names]
    if not isinstance(name, str) or len(name) > ALGORITHM_MOST or name not in known:
        raise InvalidInput(f"“alg” must be one of {', '.join(known)}.", fields={"alg": "unknown"})
    return name


def _value(text: object) -> bytes:
    wrong = InvalidInput.of({"value": "“value” must be text in base64."})
    if not isinstance(text, str) or not text or len(text) > VALUE_MOST:
        raise wrong
    try:
        return base64.b64decode(text.replace(" ", "+"), validate=True)
    except (binascii.Error, ValueError):
        raise wrong from None


def _most(request: Request) -> int:
    text = request.query_params.get("maxResults", "10")
    if not text.isdecimal() or not 1 <= int(text) <= MOST_RESULTS:
        raise InvalidInput(f"“maxResults” is a number from 1 to {MOST_RESULTS}.")
    return int(text)
