"""Errors as problem+json (RFC 9457): the same sentence as in the browser."""

from __future__ import annotations

import logging
from typing import Any

from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.http import Http404, UnreadablePostError
from rest_framework import exceptions
from rest_framework.response import Response

from probity.core.errors import InvalidInput, Refusal, TooManyRequests

logger = logging.getLogger(__name__)
MEDIA_TYPE = "application/problem+json"
TITLES = {
    400: "The request could not be read",
    401: "Sign-in needed",
    403: "Not allowed",
    404: "Not found",
    405: "Method not allowed",
    406: "No such representation",
    409: "Conflict",
    413: "Too large",
    415: "Unsupported media",
    422: "Not acceptable",
    423: "Sealed",
    429: "Too many requests",
}


def problem(
    status: int,
    code: str,
    detail: str,
    *,
    fields: dict[str, str] | None = None,
    headers: dict[str, str] | None = None,
) -> Response:
    """One problem+json response."""
    body: dict[str, Any] = {
        "type": f"urn:probity:problem:{code}",
        "title": TITLES.get(status, "The request was refused"),
        "status": status,
        "code": code,
        "detail": detail,
    }
    if fields:
        body["fields"] = fields
    return Response(body, status=status, content_type=MEDIA_TYPE, headers=headers)


def problem_response(error: Exception, context: dict[str, Any]) -> Response | None:  # noqa: ARG001
    """Django REST framework's exception handler."""
    if isinstance(error, Refusal):
        return _refusal(error)
    if isinstance(error, exceptions.APIException):
        return _framework(error)
    if isinstance(error, Http404):
        return problem(404, "not-found", "There is nothing at this address.")
    if isinstance(error, RequestDataTooBig):
        return problem(413, "fields-too-large", "The fields other than the file are too large.")
    if isinstance(error, SuspiciousOperation | UnreadablePostError | UnicodeError):
        return problem(400, "unreadable", "The request could not be read; it may have been cut.")
    return None


def _refusal(error: Refusal) -> Response:
    fields = error.fields if isinstance(error, InvalidInput) else None
    headers = (
        {"Retry-After": str(error.wait_seconds)} if isinstance(error, TooManyRequests) else None
    )
    return problem(error.status, error.code, error.sentence, fields=fields, headers=headers)


def _framework(error: exceptions.APIException) -> Response:
    headers: dict[str, str] = {}
    if getattr(error, "auth_header", None):
        headers["WWW-Authenticate"] = str(error.auth_header)  # type: ignore[attr-defined]
    status = error.status_code
    code = {401: "sign-in-needed", 403: "not-allowed", 404: "not-found"}.get(
        status, str(error.default_code).replace("_", "-")
    )
    return problem(status, code, str(error.detail), headers=headers)
