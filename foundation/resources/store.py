"""The folder of fetched resources: nothing enters it, or leaves it, unverified."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from foundation.home import home
from foundation.resources.errors import ResourceUnreachable, ResourceWrong
from foundation.resources.listing import Resource

Progress = Callable[[int], None]
"""Called with the number of bytes of the current resource that are done."""

_CHUNK = 1 << 20
_proven: dict[Path, tuple[str, str]] = {}


def root() -> Path:
    """The store's folder."""
    return home() / "resources"


def place(resource: Resource) -> Path:
    """Where the resource lies, or will lie."""
    return root() / resource.file


def holds(path: Path, resource: Resource) -> bool:
    """Whether this file has the pinned bytes.

    The hash is computed once for each state of the file (size, times, inode) and remembered, in
    this process and in a stamp beside the store, so that large weights are not read twice.
    """
    try:
        state = _state(path)
        if not path.is_file() or path.stat().st_size != resource.bytes:
            return False
        known = (state, resource.sha256)
        if _proven.get(path) == known or _stamp_says(path, known):
            _proven[path] = known
            return True
        if _sha256(path) != resource.sha256:
            return False
    except OSError:
        return False
    _proven[path] = known
    _write_stamp(path, known)
    return True


def forget() -> None:
    """Forget what this process has verified, so that the next read hashes or asks the stamps."""
    _proven.clear()


@contextmanager
def entering(resource: Resource) -> Iterator[Path]:
    """A temporary file to fill; on leaving it is verified and takes the resource's place.

    Raises ResourceWrong, and keeps nothing, when size or hash differ from the pinned ones.
    """
    target = place(resource)
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=".arriving-", dir=target.parent)
    os.close(handle)
    arriving = Path(name)
    try:
        yield arriving
        check(arriving, resource)
        arriving.chmod(0o644)
        arriving.replace(target)
    finally:
        arriving.unlink(missing_ok=True)
    known = (_state(target), resource.sha256)
    _proven[target] = known
    _write_stamp(target, known)


def check(path: Path, resource: Resource) -> None:
    """Raise ResourceWrong unless the file has the pinned size and hash."""
    size = path.stat().st_size
    if size != resource.bytes:
        raise ResourceWrong(
            f"Resource {resource.id} has {size} bytes instead of {resource.bytes}; "
            "it was refused and nothing was kept."
        )
    found = _sha256(path)
    if found != resource.sha256:
        raise ResourceWrong(
            f"Resource {resource.id} is not the pinned file: its SHA-256 is {found}, "
            f"{resource.sha256} is expected. It was refused and nothing was kept."
        )


def copy_in(source: Path, resource: Resource, *, progress: Progress | None = None) -> Path:
    """Copy a file into the store; raises ResourceWrong or ResourceUnreachable."""
    try:
        with entering(resource) as arriving:
            _copy(source, arriving, limit=resource.bytes, progress=progress)
    except OSError as error:
        raise ResourceUnreachable(
            f"Resource {resource.id} could not be copied from {source}: {error.strerror}."
        ) from error
    return place(resource)


def _copy(source: Path, target: Path, *, limit: int, progress: Progress | None) -> None:
    """Copy a file, but not much more of it than it should have."""
    done = 0
    with source.open("rb") as reader, target.open("wb") as writer:
        while done <= limit and (chunk := reader.read(_CHUNK)):
            writer.write(chunk)
            done += len(chunk)
            if progress:
                progress(min(done, limit))


def _state(path: Path) -> str:
    found = path.stat()
    return f"{found.st_size}:{found.st_mtime_ns}:{found.st_ctime_ns}:{found.st_ino}"


def _sha256(path: Path) -> str:
    with path.open("rb") as reader:
        return hashlib.file_digest(reader, "sha256").hexdigest()


def _stamp(path: Path) -> Path:
    return root() / ".verified" / hashlib.sha256(os.fsencode(path)).hexdigest()


def _stamp_says(path: Path, known: tuple[str, str]) -> bool:
    try:
        return _stamp(path).read_text(encoding="ascii").split() == list(known)
    except (OSError, UnicodeError):
        return False


def _write_stamp(path: Path, known: tuple[str, str]) -> None:
    stamp = _stamp(path)
    # The stamp only saves time: a process that may not write here hashes again.
    with suppress(OSError):
        stamp.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        writing = stamp.with_suffix(f".{os.getpid()}")
        writing.write_text(" ".join(known), encoding="ascii")
        writing.replace(stamp)
