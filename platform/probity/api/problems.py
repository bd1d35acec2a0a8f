"""Errors as problem+json (RFC 9457): the same sentence as in the browser."""

from __future__ import annotations

import logging
from typing import Any

from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.db import DataError
from django.http import Http404, HttpRequest, JsonResponse, UnreadablePostError
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
    500: "Something broke on our side",
}
#: What the framework says in its own words, in ours.
SENTENCES = {
    405: "This address does not know that method; “Allow” names those it knows.",
    406: "The answer comes as application/json only; ask for that or for */*.",
    415: "Send the body as application/json, or as a form where there is a file.",
}
PLAIN = {
    400: ("unreadable", "The request could not be read; check the address and the host's name."),
    403: ("not-allowed", "This is not allowed."),
    404: ("not-found", "There is nothing at this address."),
    500: (
        "crashed",
        "Something broke on our side, and it was written down; nothing was half kept. Try again.",
    ),
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
    body = _body(status, code, detail, fields)
    return Response(body, status=status, content_type=MEDIA_TYPE, headers=headers)


def problem_body(error: Refusal) -> dict[str, Any]:
    """A refusal as the body of a problem, for an answer that holds several."""
    fields = error.fields if isinstance(error, InvalidInput) else None
    return _body(error.status, error.code, error.sentence, fields)


def _body(status: int, code: str, detail: str, fields: dict[str, str] | None) -> dict[str, Any]:
    body: dict[str, Any] = {
        "type": f"urn:probity:problem:{code}",
        "title": TITLES.get(status, "The request was refused"),
        "status": status,
        "code": code,
        "detail": detail,
    }
    return {**body, "fields": fields} if fields else body


def problem_response(error: Exception, context: dict[str, Any]) -> Response | None:  # noqa: ARG001
    """Django REST framework's exception handler."""
    if isinstance(error, Refusal):
        return refused(error)
    if isinstance(error, exceptions.APIException):
        return _framework(error)
    if isinstance(error, Http404):
        return problem(404, "not-found", "There is nothing at this address.")
    if isinstance(error, RequestDataTooBig):
        return problem(413, "fields-too-large", "The fields other than the file are too large.")
    if isinstance(error, SuspiciousOperation | UnreadablePostError | UnicodeError):
        return problem(400, "unreadable", "The request could not be read; it may have been cut.")
    if isinstance(error, DataError):
        logger.warning("The database refused a value of a request.", exc_info=error)
        return problem(422, "out-of-range", "A value is too large, too long, or holds a null.")
    return None


def plain_problem(request: HttpRequest, *, status: int) -> JsonResponse:
    """A problem for what never reached a view; of a crash nothing is said but that it was one."""
    del request
    code, detail = PLAIN[status]
    return JsonResponse(_body(status, code, detail, None), status=status, content_type=MEDIA_TYPE)


def refused(error: Refusal) -> Response:
    """A refusal as an answer: what an exception would become, for one that changed something."""
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
    return problem(status, code, SENTENCES.get(status) or str(error.detail), headers=headers)
