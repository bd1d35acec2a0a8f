"""Receiving a file: straight to disk, hashed on the way, removed unless somebody keeps it."""

from __future__ import annotations

import hashlib
import os
import tempfile
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, StopUpload
from django.http import HttpRequest

from probity.core.errors import Refusal


class UploadTooLarge(Refusal):
    """The file is larger than this installation takes."""

    code = "upload-too-large"
    status = 413


class ReceivedFile(UploadedFile):  # type: ignore[type-arg]
    """An uploaded file on disk with its SHA-256; unlinked on close unless it was kept."""

    def __init__(self, *, path: Path, sha256: str, size: int, name: str) -> None:
        super().__init__(file=path.open("rb"), name=name, size=size)
        self.path = path
        self.length = size
        self.sha256 = sha256

    def temporary_file_path(self) -> str:
        """The path of the incoming file."""
        return str(self.path)

    def close(self) -> None:
        super().close()
        self.path.unlink(missing_ok=True)


class HashingUploadHandler(FileUploadHandler):
    """Streams one upload into the incoming folder while its SHA-256 is computed."""

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        descriptor, path = tempfile.mkstemp(dir=settings.INCOMING, prefix="upload-")
        self._path = Path(path)
        self._handle = os.fdopen(descriptor, "wb")
        self._hash = hashlib.sha256()
        self._size = 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:  # noqa: ARG002
        self._size += len(raw_data)
        if self._size > settings.UPLOAD_MAX_BYTES:
            self._discard()
            if self.request is not None:
                self.request.META["probity.upload_too_large"] = True
            raise StopUpload(connection_reset=False)
        self._hash.update(raw_data)
        self._handle.write(raw_data)

    def file_complete(self, file_size: int) -> ReceivedFile:  # noqa: ARG002
        self._handle.close()
        return ReceivedFile(
            path=self._path,
            sha256=self._hash.hexdigest(),
            size=self._size,
            name=self.file_name or "",
        )

    def upload_interrupted(self) -> None:
        self._discard()

    def _discard(self) -> None:
        if hasattr(self, "_handle"):
            self._handle.close()
            self._path.unlink(missing_ok=True)


def received_file(request: HttpRequest, field: str = "file") -> ReceivedFile | None:
    """The uploaded file of a request; raises UploadTooLarge when it was cut off."""
    upload = request.FILES.get(field)
    if request.META.get("probity.upload_too_large"):
        limit = settings.UPLOAD_MAX_BYTES // (1024 * 1024)
        raise UploadTooLarge(
            f"The file is larger than {limit} MB. Send a shorter or smaller copy, or the address "
            "where it was seen together with its SHA-256."
        )
    return upload if isinstance(upload, ReceivedFile) else None
