"""What the schema says of every operation alike."""

from __future__ import annotations

from typing import Any

from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiParameter

from .idempotency import HEADER, KEY_MAX, REPLAYED

KEY = OpenApiParameter(
    HEADER,
    {"type": "string", "minLength": 1, "maxLength": KEY_MAX, "pattern": "^[!-~]+$"},
    OpenApiParameter.HEADER,
    description="One's own name for this request. The same request again with the same key is "
    "done once and answered alike; another request with it is refused with 409.",
)
WAIT = OpenApiParameter(
    "Retry-After",
    int,
    OpenApiParameter.HEADER,
    response=[429],
    description="After how many seconds to try again.",
)
AGAIN = OpenApiParameter(
    REPLAYED,
    str,
    OpenApiParameter.HEADER,
    response=True,
    description="“true” where the answer is that of an earlier request with the same key.",
)


class Schema(AutoSchema):
    """Adds the headers that every operation, or every POST with a token, has."""

    def map_parsers(self) -> list[Any]:
        """JSON; an operation that takes a form says so itself, with a body of its own."""
        return ["application/json"]

    def get_override_parameters(self) -> list[Any]:
        found = [*super().get_override_parameters(), WAIT]
        if self.method == "POST" and getattr(self.view, "takes_key", False):
            found += [KEY, AGAIN]
        return found
