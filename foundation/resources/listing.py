"""Reading a ``resources.yaml``, strictly."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import asdict, dataclass, fields
from functools import lru_cache
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import urlsplit

from foundation.resources.errors import ResourceListInvalid

_ID = re.compile(r"[a-z0-9][a-z0-9._-]{0,79}")
_SHA256 = re.compile(r"[0-9a-f]{64}")
_FILE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+/-]{0,199}")


@dataclass(frozen=True, kw_only=True)
class Resource:
    """One pinned file.

    ``file`` is its place in the store and in every mirror, ``url`` where it was published,
    ``bytes`` its size, ``licence`` an SPDX name where there is one, ``what`` what it is for.
    """

    id: str
    file: str
    url: str
    sha256: str
    bytes: int
    licence: str
    what: str

    def to_dict(self) -> dict[str, Any]:
        """The seven members."""
        return asdict(self)


def read_list(path: Path) -> tuple[Resource, ...]:
    """Read a list of resources; an unknown, missing or malformed key is refused with its line.

    Read again only after it was changed. Raises ResourceListInvalid with a sentence that begins
    ``file:line:``.
    """
    try:
        state = path.stat()
    except OSError as error:
        raise ResourceListInvalid(f"{path}: cannot be read ({error}).") from error
    return _read(path, state.st_mtime_ns, state.st_size)


@lru_cache(maxsize=16)
def _read(path: Path, _changed: int, _size: int) -> tuple[Resource, ...]:
    import yaml

    try:
        root = yaml.compose(path.read_text(encoding="utf-8"), Loader=yaml.SafeLoader)
    except (OSError, UnicodeError) as error:
        raise ResourceListInvalid(f"{path}: cannot be read ({error}).") from error
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        raise _invalid(path, mark.line if mark else 0, f"not YAML ({error})") from error
    seen: dict[str, Resource] = {}
    for node in _entries(path, root):
        line = node.start_mark.line
        resource = _resource(path, line, _members(path, node))
        if resource.id in seen or resource.file in {other.file for other in seen.values()}:
            raise _invalid(path, line, f"the id or the file of {resource.id!r} is listed twice")
        seen[resource.id] = resource
    return tuple(seen.values())


def _entries(path: Path, root: Any) -> list[Any]:
    """The nodes of the one top-level list, ``resources``."""
    import yaml

    named = isinstance(root, yaml.MappingNode) and [key.value for key, _ in root.value]
    if named != ["resources"] or not isinstance(root.value[0][1], yaml.SequenceNode):
        raise _invalid(path, 0, "one list named `resources` is expected here")
    entries: list[Any] = root.value[0][1].value
    return entries


def _members(path: Path, node: Any) -> dict[str, tuple[int, str, str]]:
    """The scalar members of one mapping: key -> (line, YAML tag, text)."""
    import yaml

    if not isinstance(node, yaml.MappingNode):
        raise _invalid(path, node.start_mark.line, "a resource is a mapping of its keys")
    known = {field.name for field in fields(Resource)}
    members: dict[str, tuple[int, str, str]] = {}
    for key, value in node.value:
        line = key.start_mark.line
        if key.value not in known:
            raise _invalid(path, line, f"unknown key {key.value!r}")
        if key.value in members:
            raise _invalid(path, line, f"key {key.value!r} stands twice")
        if not isinstance(value, yaml.ScalarNode):
            raise _invalid(path, line, f"{key.value} must be one value")
        members[key.value] = (line, value.tag.rpartition(":")[2], value.value)
    missing = sorted(known - set(members))
    if missing:
        raise _invalid(path, node.start_mark.line, f"missing: {', '.join(missing)}")
    return members


def _resource(path: Path, line: int, members: dict[str, tuple[int, str, str]]) -> Resource:
    values: dict[str, Any] = {}
    for name, (where, tag, text) in members.items():
        wanted, holds = _RULES[name]
        # A digest made of digits alone would be a number to YAML, and lose its leading zeros.
        if tag != ("int" if name == "bytes" else "str") or not holds(text):
            raise _invalid(path, where, f"{name} must be {wanted}, not {text!r}")
        values[name] = int(text) if name == "bytes" else text
    if set(values) != set(_RULES):
        raise _invalid(path, line, "a key is missing")
    return Resource(**values)


def _is_inner_path(text: str) -> bool:
    parts = PurePosixPath(text).parts
    return bool(_FILE.fullmatch(text)) and ".." not in parts and str(PurePosixPath(text)) == text


def _is_https(text: str) -> bool:
    address = urlsplit(text)
    return address.scheme == "https" and bool(address.hostname) and not address.username


_RULES: dict[str, tuple[str, Callable[[str], object]]] = {
    "id": ("small letters, digits, dots and hyphens", _ID.fullmatch),
    "file": ("a path inside the store, such as models/name/file.onnx", _is_inner_path),
    "url": ("an https address", _is_https),
    "sha256": ("64 small hexadecimal digits (in quotes)", _SHA256.fullmatch),
    "bytes": ("a whole number above 0", lambda text: re.fullmatch(r"[1-9][0-9]{0,14}", text)),
    "licence": ("a name", str.strip),
    "what": ("a few words", str.strip),
}


def _invalid(path: Path, line: int, problem: str) -> ResourceListInvalid:
    return ResourceListInvalid(f"{path}:{line + 1}: {problem}.")
