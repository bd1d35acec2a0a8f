"""Reading JSON bodies: bounded, and only with text that can be kept."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser

from probity.core.errors import Refusal

UNREADABLE = "The body is not JSON: {why}."


class BodyTooLarge(Refusal):
    """More JSON than this installation reads."""

    code = "body-too-large"
    status = 413


class BoundedJSON(BaseParser):
    """JSON in UTF-8 of at most PROBITY_API_BODY_MAX_MB; NaN and half characters are refused."""

    media_type = "application/json"

    def parse(
        self,
        stream: Any,
        media_type: str | None = None,  # noqa: ARG002
        parser_context: Mapping[str, Any] | None = None,  # noqa: ARG002
    ) -> Any:
        most: int = settings.API_BODY_MAX_BYTES
        body = stream.read(most + 1)
        if len(body) > most:
            raise BodyTooLarge(
                f"The body is larger than {most // (1024 * 1024)} MB. Send it in several calls, "
                "and files as parts of a form."
            )
        try:
            text = body.decode("utf-8")
            found = json.loads(text, parse_constant=_no_number)
            json.dumps(found, ensure_ascii=False).encode("utf-8")
        except RecursionError:
            raise ParseError(UNREADABLE.format(why="it is nested too deeply")) from None
        except UnicodeError:
            raise ParseError(UNREADABLE.format(why="it holds text that is not UTF-8")) from None
        except ValueError as wrong:
            raise ParseError(UNREADABLE.format(why=str(wrong)[:120])) from None
        return found


def _no_number(name: str) -> float:
    raise ValueError(f"{name} is not a number in JSON")
