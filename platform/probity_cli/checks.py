"""The doctor's checks: each gives one sentence and a state."""

from __future__ import annotations

import json
import os
import platform
import shlex
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from importlib.metadata import PackageNotFoundError, distribution, requires, version
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import unquote, urlsplit

from foundation import installed
from foundation.errors import Refusal
from probity_cli.group import DISTRIBUTION

TORCH_SECONDS = 120
_TORCH = (
    "import torch; cuda = torch.cuda.is_available(); "
    "print(torch.__version__, torch.cuda.get_device_name(0) if cuda else '', sep='|')"
)


class State(StrEnum):
    """How a check came out."""

    OK = "ok"
    OFF = "off"
    BROKEN = "broken"


@dataclass(frozen=True)
class Check:
    """One line of the doctor."""

    name: str
    state: State
    sentence: str

    def to_dict(self) -> dict[str, str]:
        """The members of the JSON line."""
        return {"name": self.name, "state": self.state.value, "sentence": self.sentence}


def run() -> Iterator[Check]:
    """All checks, one after another."""
    yield _python()
    yield from _libraries()
    yield _home()
    yield _sandbox()
    yield from _resources()
    yield _torch()


def _python() -> Check:
    fits = sys.version_info >= (3, 11)
    need = "" if fits else " Probity needs Python 3.11 or later."
    where = f"Python {platform.python_version()} on {platform.platform()}."
    return Check("python", State.OK if fits else State.BROKEN, where + need)


def _libraries() -> Iterator[Check]:
    """Each library that the installed distribution requires, against its pinned range."""
    from packaging.requirements import Requirement

    try:
        lines = requires(DISTRIBUTION) or []
    except PackageNotFoundError:
        yield Check(DISTRIBUTION, State.BROKEN, f"is not installed: run `{_pip('-e', '.')}`.")
        return
    for line in lines:
        wanted = Requirement(line)
        if wanted.marker and not wanted.marker.evaluate({"extra": ""}):
            continue
        try:
            found = version(wanted.name)
        except PackageNotFoundError:
            yield Check(wanted.name, State.BROKEN, f"is missing: `{_pip(str(wanted))}`.")
            continue
        if wanted.specifier.contains(found, prereleases=True):
            yield Check(wanted.name, State.OK, f"{found}.")
        else:
            sentence = f"{found} is installed, {wanted.specifier} is needed."
            yield Check(wanted.name, State.BROKEN, sentence)


def _home() -> Check:
    from foundation.home import home

    try:
        path = home()
    except Refusal as refusal:
        return Check("home", State.BROKEN, refusal.sentence)
    if not os.access(path, os.R_OK | os.W_OK | os.X_OK):
        return Check("home", State.BROKEN, f"{path} cannot be written by this account.")
    if path.stat().st_mode & 0o022:
        return Check("home", State.BROKEN, f"{path} can be written by others: `chmod 0700` it.")
    return Check("home", State.OK, f"{path}.")


def _sandbox() -> Check:
    from foundation.child import isolation

    try:
        found = isolation()
    except Refusal as refusal:
        return Check("sandbox", State.BROKEN, refusal.sentence)
    return Check("sandbox", State.OK if found.network else State.OFF, found.sentence)


def _resources() -> Iterator[Check]:
    from foundation.resources import Where, gather

    gathering = gather()
    for sentence in gathering.broken:
        yield Check("resources", State.BROKEN, sentence)
    try:
        rows = gathering.status()
    except Refusal as refusal:
        yield Check("resources", State.BROKEN, refusal.sentence)
        return
    for row in rows:
        name, what = f"resource {row.resource.id}", row.resource.what
        if row.where is Where.MISSING:
            fetch = f"{installed.command()} pull {row.resource.id}"
            yield Check(name, State.OFF, f"{what}; what needs it is off until `{fetch}`.")
        else:
            place = "here" if row.where is Where.STORE else "in the mirror"
            yield Check(name, State.OK, f"{what}; it is {place}.")


def _torch() -> Check:
    """In a process of its own: importing torch takes seconds and a broken driver may kill it."""
    if find_spec("torch") is None:
        return Check("torch", State.OFF, f"is not installed: `{_with_extra('torch')}`.")
    try:
        done = subprocess.run(
            [sys.executable, "-c", _TORCH],
            capture_output=True, text=True, timeout=TORCH_SECONDS, check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return Check("torch", State.BROKEN, f"did not import within {TORCH_SECONDS} s.")
    found, bar, device = done.stdout.strip().rpartition("|")
    if done.returncode or not bar:
        last = (done.stderr.strip().splitlines() or ["no reason was given"])[-1]
        return Check("torch", State.BROKEN, f"does not import: {last}")
    return Check("torch", State.OK, f"{found} on {device or 'the CPU, no GPU was found'}.")


def _with_extra(name: str) -> str:
    """The command that adds one of our extras to this installation, a checkout or a wheel."""
    origin = json.loads(_origin() or "{}")
    if not origin.get("dir_info", {}).get("editable"):
        return _pip(f"{DISTRIBUTION}[{name}]")
    checkout = Path(unquote(urlsplit(origin["url"]).path))
    here = checkout.resolve() == Path.cwd().resolve()
    return _pip("-e", f"{'.' if here else checkout}[{name}]")


def _pip(*arguments: str) -> str:
    return f"{installed.python()} -m pip install {shlex.join(arguments)}"


def _origin() -> str | None:
    """Where this distribution was installed from, as pip wrote it down (PEP 610)."""
    try:
        return distribution(DISTRIBUTION).read_text("direct_url.json")
    except PackageNotFoundError:
        return None
