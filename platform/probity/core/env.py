"""The only place that reads the process environment for settings."""

from __future__ import annotations

import contextlib
import os
import secrets
from importlib.util import find_spec
from pathlib import Path

from foundation.home import home as home


def text(name: str, default: str = "") -> str:
    """An environment variable, stripped; empty counts as absent."""
    return os.environ.get(name, "").strip() or default


def flag(name: str, *, default: bool = False) -> bool:
    """True for 1, true, yes, on (any case)."""
    value = text(name)
    return value.lower() in {"1", "true", "yes", "on"} if value else default


def facts(name: str) -> dict[str, bool | int]:
    """``name=true, other=false, third=12``: what is known of the service itself.

    What is left out stays unknown; a line that says neither stops the start with a sentence.
    """
    found: dict[str, bool | int] = {}
    for part in words(name):
        fact, _, value = (side.strip() for side in part.partition("="))
        if value not in {"true", "false"} and not value.lstrip("-").isdecimal():
            raise SystemExit(
                f"{name} must hold pairs such as covered_platform=true with commas between; "
                f"{part!r} is none."
            )
        found[fact] = value == "true" if value in {"true", "false"} else int(value)
    return found


def number(name: str, default: int) -> int:
    """A whole number; a wrong one stops the start with a sentence."""
    value = text(name)
    if not value:
        return default
    try:
        return int(value)
    except ValueError:
        raise SystemExit(f"{name} must be a whole number, not {value!r}.") from None


def words(name: str, default: str = "") -> list[str]:
    """A comma-separated list."""
    return [part.strip() for part in text(name, default).split(",") if part.strip()]


def state_folder(name: str) -> Path:
    """A 0700 folder under PROBITY_HOME."""
    path = home() / name
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    return path


def package_folder(name: str) -> Path:
    """Where an installed package lies; nothing of it is imported."""
    found = find_spec(name)
    if found is None or found.origin is None:
        raise SystemExit(f"The package {name} is not installed beside Probity; install it again.")
    return Path(found.origin).parent


def secret(name: str) -> str:
    """A secret from the environment, or one made once and kept 0600 under PROBITY_HOME.

    Processes that start at the same moment agree: the file appears whole or not at all.
    """
    given = text(name)
    if given:
        return given
    path = state_folder("secrets") / name.lower()
    if not path.exists():
        _make_once(path, secrets.token_urlsafe(48))
    value = path.read_text(encoding="ascii").strip()
    if not value:
        raise SystemExit(
            f"{path} is empty, and what was sealed or signed with its key needs that very key."
            f" Bring the file back from a backup, or set {name}. Only in an installation that has"
            " no data yet: remove the file, and a new key is made."
        )
    return value


def _make_once(path: Path, value: str) -> None:
    """Write a file under a name of its own, and link it to its place unless one is there."""
    staging = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    descriptor = os.open(staging, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="ascii") as handle:
            handle.write(value)
            handle.flush()
            os.fsync(handle.fileno())
        with contextlib.suppress(FileExistsError):
            os.link(staging, path)
    finally:
        staging.unlink()
