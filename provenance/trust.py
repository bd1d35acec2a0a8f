"""Named, dated trust lists: who may be believed, according to whom, since when.

The public lists are resources (``lists.yaml`` names them, ``resources.yaml`` pins them). An
institution's own lists lie in the folder that ``PROBITY_TRUST_DIR`` names: ``NAME.pem`` holds the
signer anchors, ``NAME.tsa.pem`` time-stamp anchors, ``NAME.allowed.pem`` single trusted leaves and
``NAME.yaml`` any of ``title``, ``date``, ``next_update`` and ``note``. A list with anything but
certificates made for its purpose is an error, never a silent gap.
"""

from __future__ import annotations

import datetime as dt
import functools
import hashlib
import os
import re
from collections.abc import Collection
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path
from typing import Any

from foundation.resources import Catalogue, ResourceMissing
from provenance.errors import TrustListInvalid, TrustListUnknown

VARIABLE = "PROBITY_TRUST_DIR"
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
_KEYS = frozenset({"title", "date", "next_update", "note"})


@dataclass(frozen=True, kw_only=True)
class TrustList:
    """One list. ``anchors`` and ``time_stamps`` are PEM texts, ``allowed`` SHA-256 hex digests of
    leaf certificates, ``sha256`` the digest over the list's files, ``files`` the SHA-256 of each,
    ``counts`` how many certificates of each sort it holds."""

    name: str
    title: str
    date: dt.date
    next_update: dt.date | None
    note: str
    anchors: str
    time_stamps: str
    allowed: frozenset[str]
    sha256: str
    files: dict[str, str] = field(compare=False)
    own: bool
    counts: dict[str, int] = field(compare=False)

    def to_dict(self) -> dict[str, Any]:
        """What to show and to store: everything but the certificates."""
        return {
            "name": self.name,
            "title": self.title,
            "date": self.date.isoformat(),
            "next_update": self.next_update.isoformat() if self.next_update else None,
            "overdue": bool(self.next_update and self.next_update < dt.datetime.now(dt.UTC).date()),
            "note": self.note,
            "sha256": self.sha256,
            "files": dict(self.files),
            "own": self.own,
            "counts": dict(self.counts),
        }

    def payload(self) -> dict[str, Any]:
        """The form in which a list goes to the child."""
        return {
            "name": self.name,
            "title": self.title,
            "date": self.date.isoformat(),
            "note": self.note,
            "anchors": self.anchors,
            "time_stamps": self.time_stamps,
            "allowed": sorted(self.allowed),
            "sha256": self.sha256,
        }


@dataclass(frozen=True, kw_only=True)
class MissingList:
    """A list that is known but not here, and what to do about it."""

    name: str
    title: str
    resources: tuple[str, ...]

    @property
    def sentence(self) -> str:
        """What the person should know."""
        return (
            f"{self.title} is not installed, so nothing was judged by it: "
            f"run `probity pull {' '.join(self.resources)}`."
        )

    def to_dict(self) -> dict[str, Any]:
        """The members with the sentence."""
        return {
            "name": self.name,
            "title": self.title,
            "resources": list(self.resources),
            "sentence": self.sentence,
        }


@dataclass(frozen=True, kw_only=True)
class TrustStore:
    """The lists to judge by, in order, and those that should be here but are not."""

    lists: tuple[TrustList, ...]
    missing: tuple[MissingList, ...]


def names() -> tuple[str, ...]:
    """The names of all lists that are known here, public ones first."""
    return (*(entry["name"] for entry in _public()), *_own_files())


def load(wanted: Collection[str] | None = None) -> TrustStore:
    """The wanted lists (all when None), validated.

    Raises TrustListUnknown for a name that nobody knows, TrustListInvalid for a broken list.
    """
    known = names()
    for name in wanted or ():
        if name not in known:
            raise TrustListUnknown(
                f"There is no trust list {name!r} here; known are {', '.join(known)}."
            )
    chosen = known if wanted is None else tuple(name for name in known if name in wanted)
    public = {entry["name"]: entry for entry in _public()}
    found: list[TrustList] = []
    missing: list[MissingList] = []
    for name in chosen:
        entry = public.get(name)
        result = _load_public(entry) if entry else _load_own(name)
        if isinstance(result, TrustList):
            found.append(result)
        else:
            missing.append(result)
    return TrustStore(lists=tuple(found), missing=tuple(missing))


@functools.cache
def _public() -> tuple[dict[str, Any], ...]:
    import yaml

    text = files("provenance").joinpath("lists.yaml").read_text(encoding="utf-8")
    return tuple(yaml.safe_load(text)["lists"])


@functools.cache
def _catalogue() -> Catalogue:
    return Catalogue.load("provenance")


def _load_public(entry: dict[str, Any]) -> TrustList | MissingList:
    parts = {part: entry[part] for part in ("anchors", "time_stamps", "allowed") if part in entry}
    paths: dict[str, Path] = {}
    absent = []
    for part, resource in parts.items():
        try:
            paths[part] = _catalogue().path(resource)
        except ResourceMissing:
            absent.append(resource)
    if absent:
        return MissingList(name=entry["name"], title=entry["title"], resources=tuple(absent))
    described = {key: entry[key] for key in _KEYS if key in entry}
    return _assembled(
        entry["name"], _states(paths), _frozen(described), own=False, mixed=bool(entry.get("mixed"))
    )


def _own_folder() -> Path | None:
    given = os.environ.get(VARIABLE, "").strip()
    if not given:
        return None
    folder = Path(given).expanduser()
    if not folder.is_dir():
        raise TrustListInvalid(f"{VARIABLE} names {folder}, which is not a folder.")
    return folder


def _own_files() -> tuple[str, ...]:
    folder = _own_folder()
    if folder is None:
        return ()
    taken = {entry["name"] for entry in _public()}
    found = []
    for path in sorted(folder.glob("*.pem")):
        name = path.name.removesuffix(".pem")
        if name.endswith((".tsa", ".allowed")):
            if not (folder / f"{name.rpartition('.')[0]}.pem").is_file():
                raise TrustListInvalid(
                    f"{path} belongs to a list {name.rpartition('.')[0]}.pem that is not there."
                )
            continue
        if name in taken or not _NAME.fullmatch(name):
            raise TrustListInvalid(
                f"{path}: a list needs a name of its own in small letters, digits and hyphens."
            )
        found.append(name)
    return tuple(found)


def _load_own(name: str) -> TrustList:
    folder = _own_folder()
    if folder is None:
        raise TrustListUnknown(f"There is no trust list {name!r} here.")
    main = folder / f"{name}.pem"
    parts = {
        "anchors": main,
        "time_stamps": folder / f"{name}.tsa.pem",
        "allowed": folder / f"{name}.allowed.pem",
    }
    described = _description(folder / f"{name}.yaml")
    if "date" not in described:
        described["date"] = dt.datetime.fromtimestamp(main.stat().st_mtime, dt.UTC).date()
    present = {part: path for part, path in parts.items() if path.is_file()}
    return _assembled(name, _states(present), _frozen(described), own=True, mixed=False)


def _description(path: Path) -> dict[str, Any]:
    import yaml

    if not path.is_file():
        return {}
    try:
        found = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeError, yaml.YAMLError) as error:
        raise TrustListInvalid(f"{path} is not readable YAML ({error}).") from error
    if not isinstance(found, dict) or not set(found) <= _KEYS:
        raise TrustListInvalid(f"{path} may have only these keys: {', '.join(sorted(_KEYS))}.")
    for key, value in found.items():
        wanted = dt.date if key in {"date", "next_update"} else str
        if not isinstance(value, wanted) or isinstance(value, dt.datetime):
            raise TrustListInvalid(f"{path}: {key} must be a {wanted.__name__}.")
    return found


State = tuple[tuple[str, str, int, int], ...]


def _states(paths: dict[str, Path]) -> State:
    """Files with what shows that they have changed, so that a parsed list can be kept."""
    return tuple(
        (part, str(path), path.stat().st_size, path.stat().st_mtime_ns)
        for part, path in paths.items()
    )


def _frozen(described: dict[str, Any]) -> tuple[tuple[str, Any], ...]:
    return tuple(sorted(described.items()))


@functools.lru_cache(maxsize=64)
def _assembled(
    name: str, states: State, described: tuple[tuple[str, Any], ...], *, own: bool, mixed: bool
) -> TrustList:
    """Read, validate and combine a list's files; kept as long as the files stay as they are."""
    # Imported late: the list of commands must not pay for the certificate library.
    from provenance import trust_files

    texts = {part: trust_files.read(name, Path(path)) for part, path, _, _ in states}
    signers, stamps = trust_files.signer_anchors(name, texts["anchors"], mixed=mixed)
    if "time_stamps" in texts:
        stamps += trust_files.time_stamp_anchors(name, texts["time_stamps"])
    allowed: frozenset[str] = frozenset()
    if "allowed" in texts:
        allowed = trust_files.allowed_leaves(name, texts["allowed"])
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
        sha256=trust_files.digest(texts),
        files={part: hashlib.sha256(text).hexdigest() for part, text in texts.items()},
        own=own,
        counts={"anchors": len(signers), "time_stamps": len(stamps), "allowed": len(allowed)},
    )
