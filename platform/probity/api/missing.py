"""What answers where there is nothing, in the API's own form."""

from __future__ import annotations

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from .problems import problem


@extend_schema(exclude=True)
class Missing(APIView):
    """404 as problem+json for every method."""

    authentication_classes = ()
    permission_classes = ()

    def dispatch(self, request: Request, *args: object, **kwargs: object) -> Response:  # type: ignore[override]
        self.headers = self.default_response_headers
        self.request = self.initialize_request(request, *args, **kwargs)
        answer = problem(404, "not-found", "There is nothing at this address.")
        return self.finalize_response(self.request, answer)
