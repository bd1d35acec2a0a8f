"""Lists by the page: ``limit`` rows, then a cursor that goes on behind the last one.

A cursor holds the place of the last row in the list's order, not a number of rows: what is added or
taken away in between makes nobody miss a row or see one twice.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Any, TypeVar
from uuid import UUID

from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.db.models import Field, Model, Q, QuerySet
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from probity.core.errors import InvalidInput

DEFAULT, MOST, CURSOR_MAX = 100, 500, 2_000
M = TypeVar("M", bound=Model)
T = TypeVar("T")
LIMIT = OpenApiParameter(
    "limit",
    {"type": "integer", "minimum": 1, "maximum": MOST, "default": DEFAULT},
    description="How many rows at most.",
)
CURSOR = OpenApiParameter(
    "cursor",
    {"type": "string", "minLength": 1, "maxLength": CURSOR_MAX},
    description="“next” of the page before; the other parameters stay as they were.",
)
PAGE = [LIMIT, CURSOR]
WRONG = "“cursor” is “next” of an earlier page of the same list; start again without one."


def page_out(
    name: str, rows: str, row: type[serializers.BaseSerializer[Any]]
) -> type[serializers.Serializer[Any]]:
    """The shape of a page, for OpenAPI: its rows under their name, and ``next``."""
    members = {
        "__doc__": "A page; “next” is the cursor of the following one, null on the last.",
        rows: row(many=True),
        "next": serializers.CharField(allow_null=True),
    }
    return type(name, (serializers.Serializer,), members)


def page_of(
    request: Request, rows: QuerySet[M], *, by: Sequence[str]
) -> tuple[list[M], str | None]:  # fmt: skip
    """A page of ``rows`` in the order ``by``, and the cursor of the next page or None.

    ``by`` names fields of the row or of what it points to, ``-`` for descending; the last one is
    unique. Empty values stand last, and first where descending, as PostgreSQL has them. Raises
    InvalidInput.
    """
    most, kind = limit_of(request), _kind(rows.model._meta.label, by)
    place = _place(request, kind)
    if place is not None:
        rows = rows.filter(_behind(rows.model, by, place))
    found = list(rows.order_by(*by)[: most + 1])
    if len(found) <= most:
        return found, None
    last = found[most - 1]
    return found[:most], _cursor(kind, [_value(last, name.lstrip("-")) for name in by])


def page_of_list(
    request: Request, rows: Sequence[T], *, key: Callable[[T], str]
) -> tuple[Sequence[T], str | None]:
    """The same of rows that are all here, in their order; ``key`` tells them apart."""
    most, start = limit_of(request), 0
    place = _place(request, "list")
    if place is not None:
        if len(place) != 2 or not isinstance(place[0], int) or place[0] < 0:
            raise InvalidInput.of({"cursor": WRONG})
        keys = [key(row) for row in rows]
        start = keys.index(place[1]) + 1 if place[1] in keys else min(place[0], len(rows))
    found = rows[start : start + most]
    end = start + len(found)
    return found, _cursor("list", [end, key(found[-1])]) if end < len(rows) else None


def filters_only(request: Request, *names: str) -> None:
    """Raise InvalidInput for a filter that this list does not know, or that is given twice.

    A misspelt filter that is passed over would answer another list than the one asked for.
    """
    known, wrong = {"limit", "cursor", *names}, {}
    for name, values in request.query_params.lists():
        if name not in known:
            wrong[name] = f"This list knows no “{name}”; it knows {', '.join(sorted(known))}."
        elif len(values) > 1:
            wrong[name] = f"Give “{name}” once."
    if wrong:
        raise InvalidInput.of(wrong)


def limit_of(request: Request) -> int:
    """How many rows are asked for; raises InvalidInput."""
    text = request.query_params.get("limit", str(DEFAULT))
    if not (text.isascii() and text.isdecimal() and len(text) < 5 and 0 < int(text) <= MOST):
        raise InvalidInput.of({"limit": f"“limit” is a whole number from 1 to {MOST}."})
    return int(text)


def _behind(model: type[Model], by: Sequence[str], place: Sequence[object]) -> Q:
    """The rows behind a place: equal in the first names, and beyond in the next one."""
    if len(place) != len(by):
        raise InvalidInput.of({"cursor": WRONG})
    behind, equal = Q(pk__in=[]), Q()
    for name, held in zip(by, place, strict=True):
        path, down = name.lstrip("-"), name.startswith("-")
        field = _field(model, path)
        value = _read(field, held)
        if value is None:
            beyond = Q(**{f"{path}__isnull": False}) if down else None
            same = Q(**{f"{path}__isnull": True})
        else:
            beyond = Q(**{f"{path}__{'lt' if down else 'gt'}": value})
            if field.null and not down:
                beyond |= Q(**{f"{path}__isnull": True})
            same = Q(**{path: value})
        if beyond is not None:
            behind |= equal & beyond
        equal &= same
    return behind


def _field(model: type[Model], path: str) -> Field[Any, Any]:
    found: Any = None
    for part in path.split("__"):
        found = model._meta.pk if part == "pk" else model._meta.get_field(part)
        if found is None:
            raise FieldDoesNotExist(path)
        model = found.related_model or model
    return found  # type: ignore[no-any-return]


def _read(field: Field[Any, Any], held: object) -> object:
    if held is None and field.null:
        return None
    try:
        value: object = field.to_python(held)
    except (ValidationError, ValueError, TypeError, OverflowError):
        value = None
    if value is None or (isinstance(value, str) and "\x00" in value):
        raise InvalidInput.of({"cursor": WRONG})
    return value


def _value(row: object, path: str) -> object:
    for part in path.split("__"):
        row = getattr(row, part)
    if isinstance(row, datetime | date):
        return row.isoformat()
    return str(row) if isinstance(row, UUID) else row


def _kind(label: str, by: Sequence[str]) -> str:
    return hashlib.sha256(f"{label} {' '.join(by)}".encode()).hexdigest()[:8]


def _cursor(kind: str, place: list[object]) -> str:
    text = json.dumps([kind, *place], separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _place(request: Request, kind: str) -> list[Any] | None:
    text = request.query_params.get("cursor")
    if text is None:
        return None
    try:
        if len(text) > CURSOR_MAX:
            raise ValueError
        held = json.loads(base64.urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4)))
    except (binascii.Error, ValueError, RecursionError):
        held = None
    if not isinstance(held, list) or not held or held[0] != kind:
        raise InvalidInput.of({"cursor": WRONG})
    return held[1:]


def listed(
    request: Request,
    rows: QuerySet[M],
    *,
    by: Sequence[str],
    name: str,
    show: Callable[[M], dict[str, Any]],
) -> Response:
    """A page of rows of a table as an answer; see ``page_of``."""
    found, cursor = page_of(request, rows, by=by)
    return Response({name: [show(row) for row in found], "next": cursor})


def listed_here(
    request: Request,
    rows: Sequence[T],
    *,
    key: Callable[[T], object],
    name: str,
    show: Callable[[T], dict[str, Any]],
) -> Response:
    """A page of rows that are all here as an answer; see ``page_of_list``."""
    found, cursor = page_of_list(request, rows, key=lambda row: str(key(row)))
    return Response({name: [show(row) for row in found], "next": cursor})
