"""Files in the evidence store that other rooms answer for: bundles, checks, works.

A shelf's files lie under ``<shelf>/<2 characters>/<32 hexadecimal digits>…``: the digits are the id
of the row that owns them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID

from django.core.files import File

from probity.core.errors import NotFound

from .storage import keep_file, local_copy, store

Owner = Callable[[UUID], bool]
_owners: dict[str, Owner] = {}


def shelf_owned_by(shelf: str, owner: Owner) -> None:
    """Say who knows whether a file of this shelf still has its row."""
    _owners[shelf] = owner


def shelf_owns(name: str) -> bool | None:
    """Whether the row of a stored file exists; None when the name lies on no shelf."""
    parts = name.split("/")
    owner = _owners.get(parts[0])
    if owner is None or len(parts) < 3:
        return None
    try:
        return owner(UUID(hex=parts[2][:32]))
    except ValueError:
        return False


def shelf_keep(path: Path, *, name: str) -> None:
    """Move a finished local file onto a shelf."""
    keep_file(path, name)


def shelf_open(name: str) -> File[bytes]:
    """A file of a shelf; raises NotFound."""
    if not store().exists(name):
        raise NotFound("The file is no longer in the store.")
    return store().open(name)


@contextmanager
def shelf_copy(name: str) -> Iterator[Path]:
    """A path that a decoding child can open; raises NotFound."""
    if not store().exists(name):
        raise NotFound("The file is no longer in the store.")
    with local_copy(name) as path:
        yield path


def shelf_delete(name: str) -> None:
    """Delete a file of a shelf, if it is there."""
    if store().exists(name):
        store().delete(name)
