"""Reading an object from a request's body, field by field, with a sentence for every wrong one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from rest_framework import serializers
from rest_framework.request import Request

from probity.core.errors import InvalidInput

Body = Mapping[str, Any]


def read(shape: type[serializers.Serializer[Any]], request: Request) -> dict[str, Any]:
    """The body in its shape, the files of a form left aside; raises InvalidInput with a sentence
    for each wrong field and each that the shape has not."""
    body = shape(data=request.data)
    names = [str(name) for name in body.get_fields()]
    if not isinstance(request.data, Mapping):
        raise InvalidInput(f"Send an object with {', '.join(names)}.")
    unknown = sorted(set(request.data) - set(names) - set(request.FILES))
    wrong = {name: f"There is no field “{name}”." for name in unknown}
    if not body.is_valid():
        wrong |= {name: f"“{name}”: {_said(told)}" for name, told in body.errors.items()}
    if wrong:
        raise InvalidInput.of(wrong)
    return dict(body.validated_data)


def _said(told: object) -> str:
    """What is wrong with a field, however deep in a list or an object it stands."""
    if isinstance(told, Mapping):
        return " ".join(f"{name}: {_said(each)}" for name, each in told.items())
    if isinstance(told, list):
        return " ".join(text for each in told if (text := _said(each)))
    return str(told)


def object_of(request: Request, *names: str) -> dict[str, Any]:
    """The body, which must be an object with no other fields; raises InvalidInput."""
    if not isinstance(request.data, Mapping):
        raise InvalidInput(f"Send an object with {', '.join(names)}.")
    unknown = sorted(set(request.data) - set(names))
    if unknown:
        raise InvalidInput.of({name: f"There is no field “{name}”." for name in unknown})
    return dict(request.data.items())


def text_of(body: Body, name: str, default: str | None = None) -> str:
    """A text; raises InvalidInput when it is none, or is missing and has no default."""
    value = body.get(name, default)
    if not isinstance(value, str) or "\x00" in value:
        raise InvalidInput.of({name: f"“{name}” must be text."})
    return value


def texts_of(body: Body, name: str, default: Sequence[str] | None = None) -> list[str]:
    """A list of texts; raises InvalidInput."""
    value = body.get(name, default)
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise InvalidInput.of({name: f"“{name}” must be a list of texts."})
    return [str(one) for one in value]


def truth_of(body: Body, name: str) -> bool:
    """True or false; raises InvalidInput."""
    value = body.get(name)
    if not isinstance(value, bool):
        raise InvalidInput.of({name: f"“{name}” must be true or false."})
    return value


def number_of(body: Body, name: str) -> int:
    """A whole number; raises InvalidInput."""
    value = body.get(name)
    if not isinstance(value, int) or isinstance(value, bool):
        raise InvalidInput.of({name: f"“{name}” must be a whole number."})
    return value


def uuid_of(text: str, name: str) -> UUID:
    """An id; raises InvalidInput."""
    try:
        return UUID(text)
    except ValueError:
        raise InvalidInput.of({name: f"“{name}” must be an id."}) from None


def moment_of(text: str, name: str) -> datetime:
    """A moment in ISO 8601, in UTC where it names no zone; raises InvalidInput."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        said = f"“{name}” is a moment such as 2026-12-01T09:00:00Z."
        raise InvalidInput.of({name: said}) from None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
