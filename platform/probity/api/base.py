"""What every view of the API shares: rates, one ability, and requests that are done once."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from rest_framework.request import Request
from rest_framework.views import APIView

from probity.accounts.roles import Ability
from probity.core.errors import InvalidInput
from probity.core.throttle import source_of, throttle

from .authentication import request_actor
from .idempotency import once
from .problems import MEDIA_TYPE
from .serializers import ProblemOut

REFUSALS = (400, 401, 403, 404, 406, 409, 413, 415, 422, 423, 429)
ERRORS: dict[Any, Any] = {(status, MEDIA_TYPE): ProblemOut for status in REFUSALS}


class View(APIView):
    """One ability per view; a rate per address and per token.

    A POST with an Idempotency-Key is done once, unless the view does without (``keeps = False``:
    nothing is changed by it, or it is done once by other means).
    """

    ability: ClassVar[Ability]
    #: What any method but GET needs, where that is more.
    writes: ClassVar[Ability | None] = None
    keeps: ClassVar[bool] = True
    #: Whether the schema names the Idempotency-Key for this view's POST.
    takes_key: ClassVar[bool] = False

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if cls.keeps and "post" in cls.__dict__:
            cls.post = once(cls.__dict__["post"])  # type: ignore[attr-defined]
            cls.takes_key = True

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        address_rate(request)
        address_check(request, kwargs)
        super().initial(request, *args, **kwargs)
        throttle(scope="api", who=str(request_actor(request).name), rate=settings.API_RATE)


def address_rate(request: Request) -> None:
    """Count one request of this address, before anybody looks at its token."""
    who = source_of(request._request)
    throttle(scope="api-address", who=who, rate=settings.API_ADDRESS_RATE)


def address_check(request: Request, names: dict[str, Any]) -> None:
    """Raise InvalidInput for characters in the address that no text here can hold."""
    asked = [text for values in request.query_params.lists() for text in (values[0], *values[1])]
    for text in (*asked, *(name for name in names.values() if isinstance(name, str))):
        if "\x00" in text or any("\ud800" <= character <= "\udfff" for character in text):
            raise InvalidInput("The address holds a character that no text has; remove it.")
