"""The evidence store behind Django's storage API: names are hashes, contents never change."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.core.files import File
from django.core.files.storage import FileSystemStorage, Storage, storages
from django.utils.deconstruct import deconstructible


def store() -> Storage:
    """The configured evidence store."""
    return storages["evidence"]


def asset_name(sha256: str) -> str:
    """Where an asset's bytes lie."""
    return f"assets/{sha256[:2]}/{sha256[2:4]}/{sha256}"


@deconstructible
class ContentAddressedStorage(FileSystemStorage):
    """Files on this machine's disk, written once, flushed, read-only afterwards."""

    def __init__(self, location: str | None = None) -> None:
        super().__init__(
            location=location, file_permissions_mode=0o400, directory_permissions_mode=0o700
        )

    def get_available_name(self, name: str, max_length: int | None = None) -> str:  # noqa: ARG002
        """Names are chosen by their content or by a UUID: never invent another."""
        return name

    def adopt(self, path: Path, name: str) -> None:
        """Move a finished local file into the store: flushed, then renamed in one step."""
        target = Path(self.path(name))
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with path.open("rb") as handle:
            os.fsync(handle.fileno())
        path.chmod(0o400)
        os.utime(path)
        path.replace(target)


def keep_file(path: Path, name: str) -> None:
    """Put a finished local file into the store under its content's name."""
    target = store()
    if isinstance(target, ContentAddressedStorage):
        target.adopt(path, name)
        return
    with path.open("rb") as handle:
        target.save(name, File(handle))
    path.unlink()


@contextmanager
def local_copy(name: str) -> Iterator[Path]:
    """A path that a decoding child can open; remote stores are copied for the while."""
    source = store()
    if isinstance(source, FileSystemStorage):
        yield Path(source.path(name))
        return
    with tempfile.TemporaryDirectory(prefix="probity-") as folder:
        path = Path(folder) / "asset"
        with source.open(name) as remote, path.open("wb") as local:
            shutil.copyfileobj(remote, local)
        yield path
