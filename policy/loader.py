"""Where packs come from: those shipped here, entry points `probity.packs`, and folders.

A third party's pack is validated as ours are. A broken pack of an installed plugin is left out,
logged and listed by `discover`; a broken file in a folder that someone named is refused aloud.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.metadata import entry_points
from importlib.resources import files
from pathlib import Path
from typing import Any

from policy.api import Pack
from policy.cursor import Cursor
from policy.errors import PackInvalid
from policy.parse import parse
from policy.strict_yaml import read

GROUP = "probity.packs"
FOLDERS = "PROBITY_POLICY_DIR"
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Discovery:
    """The packs that hold, and why others were left out (plugin name, sentence)."""

    packs: tuple[Pack, ...]
    refused: tuple[tuple[str, str], ...]


def load_packs(folders: Iterable[Path] | None = None) -> tuple[Pack, ...]:
    """All packs, ordered by id: built-in, of plugins, and of `folders`.

    `folders` defaults to the setting PROBITY_POLICY_DIR (several are separated as in PATH).
    Files are read again only when they change. Raises PackInvalid.
    """
    return discover(folders).packs


def discover(folders: Iterable[Path] | None = None) -> Discovery:
    """As `load_packs`, with what was left out."""
    packs = list(folder_packs(builtin_folder()))
    refused: list[tuple[str, str]] = []
    for name, folder in _plugins(refused):
        try:
            found = list(folder_packs(folder))
            _distinct([*packs, *found])
        except PackInvalid as error:
            _log.warning("policy pack plugin %s left out: %s", name, error.sentence)
            refused.append((name, error.sentence))
        else:
            packs += found
    for folder in _setting() if folders is None else folders:
        packs += folder_packs(folder)
        _distinct(packs)
    return Discovery(tuple(sorted(packs, key=lambda pack: pack.id)), tuple(refused))


def pack_of(document: Mapping[str, Any], *, name: str) -> Pack:
    """A pack rebuilt from its kept document; `name` stands where a file's name would.

    Raises PackInvalid, for instance where an old version no longer fits the vocabulary.
    """
    return parse(Cursor(value=dict(document), path=(), file=name, lines={}))


def builtin_folder() -> Path:
    return Path(str(files("policy").joinpath("packs")))


def folder_packs(folder: Path) -> Iterator[Pack]:
    """Every *.yaml below the folder; raises PackInvalid."""
    if not folder.is_dir():
        raise PackInvalid(f"There is no folder {folder} to read policy packs from.")
    for path in sorted(folder.rglob("*.yaml")):
        state = path.stat()
        yield _file(path, path.relative_to(folder).as_posix(), state.st_mtime_ns, state.st_size)


def file_pack(path: Path) -> Pack:
    """One pack file; raises PackInvalid."""
    return parse(_read(path, path.name))


def documents(folders: Iterable[Path] | None = None) -> Iterator[Cursor]:
    """The read documents of the built-in packs and of `folders` (default as `load_packs`)."""
    for folder in (builtin_folder(), *(_setting() if folders is None else folders)):
        for path in sorted(folder.rglob("*.yaml")):
            yield _read(path, path.relative_to(folder).as_posix())


@lru_cache(maxsize=1024)
def _file(path: Path, name: str, _changed: int, _size: int) -> Pack:
    return parse(_read(path, name))


def _read(path: Path, name: str) -> Cursor:
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise PackInvalid(f"{name}: the file cannot be read: {error}.") from None
    return read(text, file=name)


def _plugins(refused: list[tuple[str, str]]) -> Iterator[tuple[str, Path]]:
    """The folder of each plugin: the entry point names a package that holds the YAML files."""
    for point in sorted(entry_points(group=GROUP), key=lambda point: point.name):
        try:
            module = point.load()
            yield point.name, Path(str(files(module)))
        except Exception as error:
            _log.warning("policy pack plugin %s left out: %r", point.name, error)
            refused.append((point.name, f"The plugin could not be loaded: {error}."))


def _setting() -> list[Path]:
    value = os.environ.get(FOLDERS, "")
    return [Path(part) for part in value.split(os.pathsep) if part]


def _distinct(packs: Iterable[Pack]) -> None:
    """Raises PackInvalid where two packs or two rules share an id."""
    seen: dict[str, str] = {}
    for pack in packs:
        own = [*(rule.id for rule in pack.rules), *(record.id for record in pack.records)]
        for name in (f"pack {pack.id}", *(f"rule {name}" for name in own)):
            if name in seen:
                raise PackInvalid(f"{pack.file}: the {name} exists already, in {seen[name]}.")
            seen[name] = pack.file
