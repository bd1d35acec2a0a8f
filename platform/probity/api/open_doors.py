"""Views for programs without a token: counted by address, and files as the whole body."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict
from rest_framework.parsers import BaseParser, DataAndFiles
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.views import APIView

from probity.core.errors import InvalidInput
from probity.core.throttle import source_of, throttle
from probity.evidence.uploads import ReceivedFile, received_file, stream_receive

from .base import address_check, address_rate


class BodyIsFile(BaseParser):
    """Any media type that nobody else reads: the body is the file."""

    media_type = "*/*"

    def parse(
        self,
        stream: Any,
        media_type: str | None = None,  # noqa: ARG002
        parser_context: Mapping[str, Any] | None = None,
    ) -> DataAndFiles[Any, Any]:
        files: MultiValueDict[str, ReceivedFile] = MultiValueDict()
        files["file"] = stream_receive(stream)
        if parser_context:
            # closed, and so deleted, with the request, whatever becomes of it
            parser_context["request"]._request._files = files
        return DataAndFiles(QueryDict(), files)


class OpenView(APIView):
    """No account; a rate per address."""

    authentication_classes = ()
    permission_classes = (AllowAny,)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        address_rate(request)
        address_check(request, kwargs)
        super().initial(request, *args, **kwargs)
        throttle(scope="open-api", who=source_of(request._request), rate=settings.API_RATE)


def file_rate(request: Request) -> None:
    """Count one file of this address, together with those of the check page."""
    throttle(scope="check", who=source_of(request._request), rate=settings.CHECK_RATE)


@contextmanager
def file_of(request: Request) -> Iterator[ReceivedFile]:
    """The file of a request, as a form's ``file`` or as the whole body; raises InvalidInput."""
    data = request.FILES.get("file")
    received = data if isinstance(data, ReceivedFile) else received_file(request._request)
    if received is None or not received.length:
        if received is not None:
            received.close()
        raise InvalidInput.of(
            {"file": "Send the file as the body, or as the field “file” of a form."}
        )
    try:
        yield received
    finally:
        received.close()
