"""What to type in a shell to run this installation's programs, in a checkout and elsewhere."""

from __future__ import annotations

import shlex
import shutil
import sys
from pathlib import Path


def command() -> str:
    """The ``probity`` command: by its name where the shell finds the one of this installation, else
    by its path (``.venv/bin/probity``), else through Python."""
    return beside("probity") or f"{python()} -m probity_cli"


def python() -> str:
    """The Python that runs."""
    return beside(Path(sys.executable).name) or shlex.quote(sys.executable)


def beside(name: str) -> str | None:
    """What to type for a program that lies beside the Python that runs; None where none does."""
    path = Path(sys.executable).with_name(name)
    if not path.is_file():
        return None
    found = shutil.which(name)
    if found and Path(found).parent.resolve() == path.parent.resolve():
        return name
    here = Path.cwd()
    near = path.is_relative_to(here) and path.parent != here
    return shlex.quote(str(path.relative_to(here) if near else path))
