"""What a reporter may ask without a token: their receipt is the key."""

from __future__ import annotations

from django.conf import settings
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from probity.cases.selectors import report_by_receipt
from probity.core.throttle import source_of, throttle
from probity.keeping.requests import erasure_ask_reporter

from .base import ERRORS
from .bodies import read
from .open_doors import OpenView
from .representations import moment
from .shapes import ident, shape, text, when

ErasureAskIn = shape(
    "ErasureAskIn", "“receipt” is the last part of one's private address; “files”: those too.",
    receipt=serializers.CharField(max_length=200),
    files=serializers.BooleanField(default=False),
    words=serializers.CharField(max_length=2_000, default="", allow_blank=True),
)  # fmt: skip
ErasureAskedOut = shape(
    "ErasureAskedOut", "That it is written down, and until when it is answered.", id=ident(),
    state=text(), asked_at=when(), due_at=when(),
)  # fmt: skip


class ErasureAsked(OpenView):
    """The reporter's own request."""

    @extend_schema(
        operation_id="erasure_ask",
        summary="Ask that one's report goes, and its files where one says so; a person decides",
        request=ErasureAskIn,
        responses={201: ErasureAskedOut, **ERRORS},
        auth=[],
    )
    def post(self, request: Request) -> Response:
        throttle(scope="report", who=source_of(request._request), rate=settings.REPORT_RATE)
        body = read(ErasureAskIn, request)
        row = erasure_ask_reporter(
            report=report_by_receipt(body["receipt"]), files=body["files"], words=body["words"]
        )
        shown = {
            "id": str(row.pk),
            "state": row.state,
            "asked_at": moment(row.asked_at),
            "due_at": moment(row.due_at),
        }
        return Response(shown, status=status.HTTP_201_CREATED)
