"""Files out of local git mirrors into a cache, each under its SHA-256; what is there is kept.

Nothing is fetched: mirrors are made by ``git clone --mirror`` or whatever the machine has. Git is
asked for blobs only (``git cat-file --batch``), which runs nothing of the repository.
"""

from __future__ import annotations

import hashlib
import subprocess
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import Path
from typing import IO

from detectors.training.errors import DataUnusable
from detectors.training.index import Item

MOST_BYTES = 64 * 1024**2
PLACES = ("{owner}+{name}", "{owner}/{name}", "{name}")
FORMS = ("repo", "", ".git")
"""Inside a place: a bare repository called ``repo``, the place itself, or a work tree's."""


@dataclass(frozen=True, kw_only=True)
class Extracted:
    """``items`` with their place; ``lacking`` counts, by source, what no mirror holds."""

    items: tuple[Item, ...]
    lacking: dict[str, int]


def extract(
    items: Sequence[Item],
    *,
    repositories: Path | None,
    cache: Path,
    on_done: Callable[[int], None] = lambda _count: None,
) -> Extracted:
    """Bring every item that lies in a repository into ``cache``; a second run goes on.

    A blob whose SHA-256 differs from the index is refused. Raises :class:`DataUnusable`.
    """
    found, lacking = [], dict[str, int]()
    for source, group in groupby(items, key=lambda item: item.source):
        of_source = list(group)
        wanted = [item for item in of_source if item.at is None]
        have = {item.sha256 for item in wanted if _place(cache, item).is_file()}
        missing = [item for item in wanted if item.sha256 not in have]
        git = _git_folder(repositories, source) if missing else None
        if git is not None:
            have |= set(_fetched(git, missing, cache=cache))
        for item in of_source:
            if item.at is not None:
                found.append(item)
            elif item.sha256 in have:
                found.append(replace(item, at=_place(cache, item)))
            else:
                lacking[source] = lacking.get(source, 0) + 1
        on_done(len(of_source))
    return Extracted(items=tuple(found), lacking=lacking)


def _place(cache: Path, item: Item) -> Path:
    return cache / item.sha256[:2] / item.sha256


def _git_folder(repositories: Path | None, source: str) -> Path | None:
    """The mirror of ``owner/name``; None when there is none."""
    if repositories is None or "/" not in source:
        return None
    owner, name = source.split("/", 1)
    for place in PLACES:
        at = repositories / place.format(owner=owner, name=name)
        for folder in (at, at.with_name(at.name + ".git")):
            for form in FORMS:
                if (folder / form / "HEAD").is_file():
                    return folder / form
    return None


def _fetched(git: Path, items: Iterable[Item], *, cache: Path) -> Iterator[str]:
    with subprocess.Popen(
        ["git", f"--git-dir={git}", "cat-file", "--batch"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    ) as running:
        if running.stdin is None or running.stdout is None:
            raise DataUnusable("Git could not be started.")
        for item in items:
            running.stdin.write(f"{item.commit}:{item.path}\n".encode())
            running.stdin.flush()
            data = _blob(running.stdout)
            if data is None:
                continue
            if hashlib.sha256(data).hexdigest() != item.sha256:
                raise DataUnusable(
                    f"{item.path} of {item.source} has another SHA-256 than the index names; "
                    "use the index that belongs to these repositories."
                )
            _keep(_place(cache, item), data)
            yield item.sha256
        running.stdin.close()


def _blob(pipe: IO[bytes]) -> bytes | None:
    header = pipe.readline().split()
    if len(header) != 3 or header[1] != b"blob":
        if len(header) == 3:
            _read(pipe, int(header[2]) + 1)
        return None
    size = int(header[2])
    data = _read(pipe, size)
    _read(pipe, 1)
    return data if size <= MOST_BYTES else None


def _read(pipe: IO[bytes], size: int) -> bytes:
    data = pipe.read(size)
    if len(data) != size:
        raise DataUnusable("Git ended in the middle of a file; the mirror is damaged.")
    return data


def _keep(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(".arriving")
    draft.write_bytes(data)
    draft.replace(path)
