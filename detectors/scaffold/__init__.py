"""`probity detectors new`: a plugin project that installs, runs and passes the conformance suite.

The templates beside this module are plain text with ``$names`` (:class:`string.Template`); each
modality has a detector, a card and the files that its tests make.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from string import Template

from detectors.api import INTERFACE, DetectorError

NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
SHARED = {
    "pyproject.toml": "pyproject.toml",
    "README.md": "README.md",
    "{package}/__init__.py": "package.py",
    "{package}/detector.py": "{modality}.py",
    "{package}/detector.yaml": "{modality}.yaml",
    "tests/test_conforms.py": "{modality}_tests.py",
}
"""File of the project: template that it is made from."""


class PluginExists(DetectorError):
    """The folder that a new plugin would be written to is there already."""

    code = "detector-plugin-exists"
    status = 409


@dataclass(frozen=True, kw_only=True)
class Project:
    """What was written: the detector's id and the project's folder."""

    id: str
    folder: Path


def write(name: str, *, modality: str, out: Path) -> Project:
    """Write the project ``name`` (lower-case words joined by hyphens) below ``out``.

    The detector's id is the first word, a dot, and the rest: ``acme-edge-noise`` becomes
    ``acme.edge_noise``. Raises DetectorError for a name of another form, PluginExists.
    """
    if not NAME.fullmatch(name):
        raise DetectorError(
            f"{name!r} cannot be a plugin's name: use small letters and digits, words joined by "
            "hyphens, such as acme-edge-noise."
        )
    folder = out / name
    if folder.exists():
        raise PluginExists(f"{folder} is already there. Choose another name or folder.")
    owner, _, rest = name.partition("-")
    words = (rest or name).split("-")
    values = {
        "distribution": name,
        "package": name.replace("-", "_"),
        "id": f"{owner}.{'_'.join(words)}",
        "title": " ".join(words).capitalize(),
        "class_name": "".join(word.capitalize() for word in name.split("-")),
        "interface": f">={INTERFACE[0]}.{INTERFACE[1]},<{INTERFACE[0] + 1}.0",
        "modality": modality,
    }
    for place, template in SHARED.items():
        target = folder / place.format(**values)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(_filled(template.format(**values), values), encoding="utf-8")
    return Project(id=values["id"], folder=folder)


def _filled(template: str, values: dict[str, str]) -> str:
    source = files("detectors.scaffold") / "templates" / f"{template}.txt"
    return Template(source.read_text(encoding="utf-8")).substitute(values)
