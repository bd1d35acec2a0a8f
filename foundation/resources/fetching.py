"""Where resources come from: a mirror folder, a mirror address, or where they were published."""

from __future__ import annotations

import logging
import os
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

from foundation.resources import store
from foundation.resources.errors import MirrorUnusable, ResourceUnreachable, ResourceWrong
from foundation.resources.listing import Resource

VARIABLE = "PROBITY_RESOURCES_MIRROR"
TIMEOUT_SECONDS = 30
_CHUNK = 1 << 16


def mirror() -> Path | str | None:
    """The mirror: a folder, an address without a slash at its end, or None.

    Plain http is accepted from this computer only. Raises MirrorUnusable.
    """
    given = os.environ.get(VARIABLE, "").strip()
    if not given:
        return None
    address = urlsplit(given)
    local = address.hostname in {"localhost", "127.0.0.1", "::1"}
    if address.scheme == "https" or (address.scheme == "http" and local):
        return given.rstrip("/")
    folder = Path(address.path if address.scheme == "file" else given).expanduser().absolute()
    if not folder.is_dir():
        raise MirrorUnusable(
            f"{VARIABLE} is {_without_secret(given)}, which is neither a folder "
            "nor an https address."
        )
    return folder


def from_folder(resource: Resource) -> Path | None:
    """The verified resource out of a mirror folder, copied into the store; None without one.

    Where the store cannot be written (a sandboxed child), the mirror's own file is used. Raises
    ResourceWrong when the mirror has another file under that name.
    """
    folder = mirror()
    if not isinstance(folder, Path):
        return None
    source = folder / resource.file
    if not source.is_file():
        return None
    try:
        return store.copy_in(source, resource)
    except ResourceUnreachable:
        if store.holds(source, resource):
            return source
        raise


def fetch(resource: Resource, *, progress: store.Progress | None = None) -> Path:
    """Bring one resource into the store, from the mirror if there is one.

    Raises ResourceWrong, ResourceUnreachable or MirrorUnusable.
    """
    base = mirror()
    if isinstance(base, Path):
        return store.copy_in(base / resource.file, resource, progress=progress)
    url = f"{base}/{quote(resource.file)}" if base else resource.url
    return _download(url, resource, progress)


def _download(url: str, resource: Resource, progress: store.Progress | None) -> Path:
    import pooch
    import requests

    pooch.get_logger().setLevel(logging.WARNING)
    host = urlsplit(url).hostname
    try:
        with store.entering(resource) as arriving:
            pooch.HTTPDownloader(
                progressbar=_Meter(resource, arriving, progress),
                chunk_size=_CHUNK,
                timeout=TIMEOUT_SECONDS,
            )(url, str(arriving), None)
    except requests.HTTPError as error:
        answer = error.response.status_code if error.response is not None else "no answer"
        raise ResourceUnreachable(
            f"{host} does not hand out resource {resource.id} ({answer}). Try again later, or "
            f"set {VARIABLE} to a folder or an address that has it."
        ) from error
    except (requests.RequestException, OSError) as error:
        raise ResourceUnreachable(
            f"Resource {resource.id} could not be fetched from {host} ({_short(error)}). Check "
            f"the connection, or set {VARIABLE} to a folder or an address that has it."
        ) from error
    if progress:
        progress(resource.bytes)
    return store.place(resource)


class _Meter:
    """The progress object that pooch drives; it also stops a file that grows past its size."""

    def __init__(self, resource: Resource, arriving: Path, progress: store.Progress | None) -> None:
        self.total = 0
        self._resource = resource
        self._arriving = arriving
        self._progress = progress

    def update(self, _units: int) -> None:
        """Another chunk was written; its length is not told, so the file itself is asked."""
        done = self._arriving.stat().st_size
        if done > self._resource.bytes:
            raise ResourceWrong(
                f"Resource {self._resource.id} is larger than its {self._resource.bytes} bytes; "
                "it was refused and nothing was kept."
            )
        if self._progress:
            self._progress(done)

    def reset(self) -> None:
        """Nothing is counted here."""

    def close(self) -> None:
        """Nothing is held open."""


def _short(error: Exception) -> str:
    reason: Any = getattr(error, "strerror", None)
    return str(reason or type(error).__name__)


def _without_secret(address: str) -> str:
    """The address less a user name and password."""
    scheme, mark, rest = address.partition("://")
    return f"{scheme}{mark}{rest.rpartition('@')[2]}" if mark else address
