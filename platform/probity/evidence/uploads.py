"""Receiving a file: straight to disk, hashed on the way, removed unless somebody keeps it."""

from __future__ import annotations

import hashlib
import os
import tempfile
from pathlib import Path
from typing import IO, Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, StopUpload
from django.http import HttpRequest

from probity.core.errors import Refusal

PART = 1 << 20


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
        self._total = getattr(self, "_total", 0) + len(raw_data)
        if self._size > settings.UPLOAD_MAX_BYTES or self._total > settings.REQUEST_MAX_BYTES:
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


def received_files(request: HttpRequest, field: str) -> list[ReceivedFile]:
    """All files of one field; raises UploadTooLarge when any was cut off."""
    received_file(request, field)
    return [file for file in request.FILES.getlist(field) if isinstance(file, ReceivedFile)]


def received_file(request: HttpRequest, field: str = "file") -> ReceivedFile | None:
    """The uploaded file of a request; raises UploadTooLarge when it was cut off."""
    upload = request.FILES.get(field)
    if request.META.get("probity.upload_too_large"):
        raise UploadTooLarge(_too_large())
    return upload if isinstance(upload, ReceivedFile) else None


def stream_receive(stream: IO[bytes], *, name: str = "file") -> ReceivedFile:
    """A body that is nothing but a file, straight to disk and hashed on the way.

    Raises UploadTooLarge. The caller closes what comes back.
    """
    descriptor, written = tempfile.mkstemp(dir=settings.INCOMING, prefix="upload-")
    path, total, size = Path(written), hashlib.sha256(), 0
    try:
        with os.fdopen(descriptor, "wb") as handle:
            for part in iter(lambda: stream.read(PART), b""):
                size += len(part)
                if size > settings.UPLOAD_MAX_BYTES:
                    raise UploadTooLarge(_too_large())
                total.update(part)
                handle.write(part)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return ReceivedFile(path=path, sha256=total.hexdigest(), size=size, name=name)


def _too_large() -> str:
    limit = settings.UPLOAD_MAX_BYTES // (1024 * 1024)
    return (
        f"The file is larger than {limit} MB. Send a shorter or smaller copy, or the address "
        "where it was seen together with its SHA-256."
    )
