"""Networks that are trained by ourselves: trained on this machine first, else those that ship.

``probity train`` puts a network into ``models/`` of the state folder as NAME.onnx beside NAME.json,
a note with its digest, recipe, sources and results. A network that ships lies in ``own/`` beside
this module in the same form. The digest is compared before every use.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from detectors.models.known import Model
from foundation.home import home

SHIPPED = Path(__file__).parent / "own"
NONE, LOCAL, COMES_ALONG = "not trained", "trained here", "ready"
"""How far a network of our own is."""

MOST_BYTES = 3_000_000
"""What a network may weigh at most as ONNX."""


@dataclass(frozen=True, kw_only=True)
class Own:
    """``recipe`` is what ``probity train`` calls it; ``contract`` how it is called as ONNX."""

    recipe: str
    detector: str
    contract: Model


@dataclass(frozen=True, kw_only=True)
class Found:
    """A network on disk whose digest is right; ``local`` when it was trained on this machine."""

    path: Path
    sha256: str
    note: dict[str, Any]
    local: bool


OWN = {
    "own-picture": Own(
        recipe="image",
        detector="image.generated",
        contract=Model(
            id="own-picture",
            builder="detectors.training.networks.residual:Residual",
            shape=(3, 128, 128),
            input="pixels",
        ),
    ),
    "own-speech": Own(
        recipe="speech",
        detector="audio.synthetic_speech",
        contract=Model(id="own-speech", builder="detectors.training.networks.spectro:Spectro"),
    ),
}


def found(name: str) -> Found | None:
    """The network to use, or None where there is none."""
    for folder, local in ((home() / "models", True), (SHIPPED, False)):
        path = folder / f"{name}.onnx"
        try:
            note = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
            sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
        except (OSError, ValueError):
            continue
        if isinstance(note, dict) and note.get("sha256") == sha256:
            return Found(path=path, sha256=sha256, note=note, local=local)
    return None


def told(name: str) -> dict[str, Any]:
    """What a list of networks says of this one."""
    network = found(name)
    if network is None:
        return {"state": NONE}
    note = {key: network.note.get(key) for key in ("sha256", "bytes", "date", "auc", "release")}
    return {"state": LOCAL if network.local else COMES_ALONG, **note}


def origin(path: Path) -> dict[str, Any]:
    """What a finding says of the network at ``path``: where and when it was trained, on what."""
    note = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    return {
        "trained": "by the makers of Probity" if path.parent == SHIPPED else "on this machine",
        "date": note["date"],
        "recipe": note["recipe"],
        "sources": sorted(note["sources"]),
    }


def keep(name: str, data: bytes, note: dict[str, Any], *, folder: Path | None = None) -> Found:
    """Write network and note, each whole or not at all; the note gets the digest."""
    into = folder or home() / "models"
    into.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = into / f"{name}.onnx"
    full = {"model": name, "sha256": hashlib.sha256(data).hexdigest(), "bytes": len(data), **note}
    _write(path, data)
    _write(path.with_suffix(".json"), json.dumps(full, indent=1, allow_nan=False).encode() + b"\n")
    return Found(path=path, sha256=str(full["sha256"]), note=full, local=folder is None)


def missing(name: str) -> str:
    """The sentence for a network that is not there."""
    own = OWN[name]
    return (
        f"No network is installed for {own.detector}: none ships with Probity yet, because none "
        "has beaten the dumb probes on media it had never met. Train one on media of your own "
        f"with: probity train {own.recipe} --data FOLDER."
    )


def _write(path: Path, data: bytes) -> None:
    handle, name = tempfile.mkstemp(prefix=".arriving-", dir=path.parent)
    with os.fdopen(handle, "wb") as file:
        file.write(data)
    Path(name).chmod(0o644)
    Path(name).replace(path)
