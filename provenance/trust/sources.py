"""Where the current version of each list comes from: resources, or an institution's own files."""

from __future__ import annotations

import datetime as dt
import functools
import hashlib
import os
import re
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

from foundation.home import home
from foundation.resources import Catalogue, ResourceMissing
from provenance.errors import TrustListInvalid
from provenance.trust.lists import MissingList, TrustList

VARIABLE = "PROBITY_TRUST_DIR"
NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
KEYS = frozenset({"title", "date", "next_update", "note"})
PARTS = ("anchors", "time_stamps", "allowed")


@dataclass(frozen=True, kw_only=True)
class Source:
    """One version of a list as files: ``paths`` by part (anchors, time_stamps, allowed) and what
    is said of it (title, date, next_update, note). ``mixed``: its anchors serve time-stamps too."""

    name: str
    paths: dict[str, Path]
    described: dict[str, Any]
    own: bool
    mixed: bool

    def read(self) -> TrustList:
        """The list, validated. Raises TrustListInvalid."""
        return _assembled(
            self.name,
            _states(self.paths),
            tuple(sorted(self.described.items())),
            own=self.own,
            mixed=self.mixed,
        )


@functools.cache
def public() -> dict[str, dict[str, Any]]:
    """The public lists as ``lists.yaml`` describes them, by name and in its order."""
    import yaml

    text = files("provenance").joinpath("lists.yaml").read_text(encoding="utf-8")
    return {entry["name"]: entry for entry in yaml.safe_load(text)["lists"]}


@functools.cache
def catalogue() -> Catalogue:
    """The resources of this engine."""
    return Catalogue.load("provenance")


def parts_of(entry: dict[str, Any]) -> dict[str, str]:
    """The resources of a public list, by part."""
    return {part: entry[part] for part in PARTS if part in entry}


def public_source(entry: dict[str, Any]) -> Source | MissingList:
    """A public list, if all of its resources are here."""
    paths: dict[str, Path] = {}
    absent = []
    for part, resource in parts_of(entry).items():
        try:
            paths[part] = catalogue().path(resource)
        except ResourceMissing:
            absent.append(resource)
    if absent:
        return MissingList(name=entry["name"], title=entry["title"], resources=tuple(absent))
    return Source(
        name=entry["name"],
        paths=paths,
        described={key: entry[key] for key in KEYS if key in entry},
        own=False,
        mixed=bool(entry.get("mixed")),
    )


def own_folder(*, make: bool = False) -> Path | None:
    """The folder of own lists; None when there is none. Raises TrustListInvalid."""
    given = os.environ.get(VARIABLE, "").strip()
    folder = Path(given).expanduser() if given else home() / "trust" / "own"
    if make:
        folder.mkdir(mode=0o755 if given else 0o700, parents=True, exist_ok=True)
    if folder.is_dir():
        return folder
    if given:
        raise TrustListInvalid(f"{VARIABLE} names {folder}, which is not a folder.")
    return None


def own_names() -> tuple[str, ...]:
    """The names of the own lists. Raises TrustListInvalid for files that belong to none."""
    folder = own_folder()
    found = []
    for path in sorted(folder.glob("*.pem")) if folder else ():
        name = path.name.removesuffix(".pem")
        if name.endswith((".tsa", ".allowed")):
            if not (path.parent / f"{name.rpartition('.')[0]}.pem").is_file():
                raise TrustListInvalid(
                    f"{path} belongs to a list {name.rpartition('.')[0]}.pem that is not there."
                )
            continue
        if name in public() or not NAME.fullmatch(name):
            raise TrustListInvalid(
                f"{path}: a list needs a name of its own in small letters, digits and hyphens."
            )
        found.append(name)
    return tuple(found)


def own_paths(folder: Path, name: str) -> dict[str, Path]:
    """Where the parts of an own list lie, or would lie."""
    return {
        "anchors": folder / f"{name}.pem",
        "time_stamps": folder / f"{name}.tsa.pem",
        "allowed": folder / f"{name}.allowed.pem",
    }


def own_source(folder: Path, name: str) -> Source:
    """An own list; its date is that of its file where none is stated. Raises TrustListInvalid."""
    paths = own_paths(folder, name)
    described = description(folder / f"{name}.yaml")
    if "date" not in described:
        changed = paths["anchors"].stat().st_mtime
        described["date"] = dt.datetime.fromtimestamp(changed, dt.UTC).date()
    present = {part: path for part, path in paths.items() if path.is_file()}
    return Source(name=name, paths=present, described=described, own=True, mixed=False)


def description(path: Path, *, more: frozenset[str] = frozenset()) -> dict[str, Any]:
    """What a list's YAML file says of it; empty without one. Raises TrustListInvalid."""
    import yaml

    if not path.is_file():
        return {}
    try:
        found = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeError, yaml.YAMLError) as error:
        raise TrustListInvalid(f"{path} is not readable YAML ({error}).") from error
    known = KEYS | more
    if not isinstance(found, dict) or not set(found) <= known:
        raise TrustListInvalid(f"{path} may have only these keys: {', '.join(sorted(known))}.")
    for key in KEYS & set(found):
        wanted = dt.date if key in {"date", "next_update"} else str
        if not isinstance(found[key], wanted) or isinstance(found[key], dt.datetime):
            raise TrustListInvalid(f"{path}: {key} must be a {wanted.__name__}.")
    return found


State = tuple[tuple[str, str, int, int], ...]


def _states(paths: dict[str, Path]) -> State:
    """Files with what shows that they have changed, so that a parsed list can be kept."""
    return tuple(
        (part, str(path), path.stat().st_size, path.stat().st_mtime_ns)
        for part, path in paths.items()
    )


@functools.lru_cache(maxsize=128)
def _assembled(
    name: str, states: State, described: tuple[tuple[str, Any], ...], *, own: bool, mixed: bool
) -> TrustList:
    """Read, validate and combine a list's files; kept as long as the files stay as they are."""
    # Imported late: the list of commands must not pay for the certificate library.
    from provenance.trust import files as contents

    texts = {part: contents.read(name, Path(path)) for part, path, _, _ in states}
    signers, stamps = contents.signer_anchors(name, texts["anchors"], mixed=mixed)
    if "time_stamps" in texts:
        stamps += contents.time_stamp_anchors(name, texts["time_stamps"])
    allowed: frozenset[str] = frozenset()
    if "allowed" in texts:
        allowed = contents.allowed_leaves(name, texts["allowed"])
    words = dict(described)
    return TrustList(
        name=name,
        title=words.get("title") or f"list {name}",
        date=words["date"],
        next_update=words.get("next_update"),
        note=words.get("note", ""),
        anchors="".join(signers),
        time_stamps="".join(stamps),
        allowed=allowed,
        sha256=contents.digest(texts),
        files={part: hashlib.sha256(text).hexdigest() for part, text in texts.items()},
        own=own,
        counts={"anchors": len(signers), "time_stamps": len(stamps), "allowed": len(allowed)},
        key=_key(signers, stamps, allowed),
    )


def _key(signers: list[str], stamps: list[str], allowed: frozenset[str]) -> str:
    whole = "\0".join(("".join(signers), "".join(stamps), "".join(sorted(allowed))))
    return hashlib.sha256(whole.encode("ascii")).hexdigest()
