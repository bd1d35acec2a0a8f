"""Reading an object from a request's body, field by field, with a sentence for every wrong one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rest_framework.request import Request

from probity.core.errors import InvalidInput

Body = Mapping[str, Any]


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
