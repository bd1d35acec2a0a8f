"""The folder of prepared networks: made once, compared with its digest before every use."""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from detectors.card import Card
from detectors.faces import LANDMARKER, YUNET
from detectors.models import own
from detectors.models.known import MODELS, Model
from detectors.registry import Entry
from foundation import child
from foundation.errors import Refusal
from foundation.home import home
from foundation.resources import Catalogue, ResourceMissing

RECIPE = 1
"""Counts up when the same weights must be turned into ONNX anew."""

EXPORT = "detectors.models.export:run"
LIBRARIES = ("torch", "onnx", "onnxruntime")
LIMITS = child.Limits(memory_bytes=12 * 2**30, cpu_seconds=600, wall_seconds=600)
SUFFIX = ".onnx"


class ModelNotReady(ResourceMissing):
    """The network has not been prepared on this machine, and cannot be now."""

    code = "model-not-ready"


class ModelUnsound(Refusal):
    """The ONNX form does not compute what the network computes."""

    code = "model-unsound"
    status = 500


class State(StrEnum):
    """How far a network is."""

    READY = "ready"
    WEIGHTS_HERE = "weights here"
    WEIGHTS_MISSING = "weights missing"


@dataclass(frozen=True, kw_only=True)
class Prepared:
    """A network on disk; ``note`` says from which weights and with which versions it was made."""

    model: Model
    path: Path
    sha256: str
    note: dict[str, Any]


def resources_of(entry: Entry, card: Card) -> dict[str, tuple[str, str]]:
    """Path and SHA-256 of every resource and model that a card names.

    A model's weights stand under its id, its ONNX form under the id with ``.onnx``. A model that
    was not prepared yet is prepared now where its weights and torch are here. A network of our own
    stands under its id with ``.onnx`` alone. Raises ResourceMissing (weights),
    :class:`ModelNotReady`, or what preparing raises.
    """
    found = _own_models(card)
    published = [name for name in card.needs.models if name not in own.OWN]
    if card.needs.resources or published:
        catalogue = Catalogue.load(entry.target.partition(":")[0].partition(".")[0])
        for name in (*card.needs.resources, *published):
            found[name] = (str(catalogue.path(name)), catalogue.get(name).sha256)
    found |= _face_models(card)
    here = {name: ready(name) for name in published}
    made = prepare_all([name for name, network in here.items() if network is None])
    for network in (*(one for one in here.values() if one), *made):
        found[network.model.id + SUFFIX] = (str(network.path), network.sha256)
    return found


def _own_models(card: Card) -> dict[str, tuple[str, str]]:
    """Networks that are trained, not fetched. Raises :class:`ModelNotReady`."""
    found: dict[str, tuple[str, str]] = {}
    for name in card.needs.models:
        if name in own.OWN:
            network = own.found(name)
            if network is None:
                raise ModelNotReady(own.missing(name))
            found[name + SUFFIX] = (str(network.path), network.sha256)
    return found


def _face_models(card: Card) -> dict[str, tuple[str, str]]:
    """Both where they are installed, so that everyone sees the same faces; landmarks must be.

    Raises ResourceMissing.
    """
    found: dict[str, tuple[str, str]] = {}
    if not (card.needs.faces or card.needs.landmarks):
        return found
    catalogue = Catalogue.load("detectors")
    for name, needed in ((YUNET, False), (LANDMARKER, card.needs.landmarks)):
        try:
            found[name] = (str(catalogue.path(name)), catalogue.get(name).sha256)
        except ResourceMissing:
            if needed:
                raise
    return found


def known(model_id: str) -> Model:
    """The model of that id; raises :class:`ModelNotReady` naming those there are."""
    if model_id not in MODELS:
        names = ", ".join(MODELS)
        raise ModelNotReady(f"No network is called {model_id!r}. Known: {names}.")
    return MODELS[model_id]


def state(model_id: str) -> State:
    """Whether the network can be used, and what is missing if not."""
    if ready(model_id) is not None:
        return State.READY
    try:
        Catalogue.load("detectors").path(known(model_id).id)
    except ResourceMissing:
        return State.WEIGHTS_MISSING
    return State.WEIGHTS_HERE


def ready(model_id: str) -> Prepared | None:
    """The prepared network if it is there and its bytes are those that its note names."""
    path = _place(known(model_id))
    try:
        note = json.loads(_note(path).read_text(encoding="utf-8"))
        with path.open("rb") as file:
            sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    except (OSError, ValueError):
        return None
    if not isinstance(note, dict) or note.get("sha256") != sha256:
        return None
    return Prepared(model=known(model_id), path=path, sha256=sha256, note=note)


def prepare(model_id: str) -> Prepared:
    """Turn the weights into ONNX, compare both forms, keep the result.

    Raises ResourceMissing (weights), :class:`ModelNotReady` (torch), :class:`ModelUnsound`, or a
    child's refusal.
    """
    return prepare_all([model_id])[0]


def prepare_all(model_ids: Sequence[str]) -> list[Prepared]:
    """:func:`prepare` for several, in order, by one child: loading torch takes longer than most of
    the work. Those before one that cannot be prepared are kept."""
    try:
        return [_prepared(known(model_id)) for model_id in model_ids]
    finally:
        if model_ids:
            child.shutdown()  # the child that holds torch would wait for work that never comes


def _prepared(model: Model) -> Prepared:
    weights = Catalogue.load("detectors").path(model.id)
    needed = (*LIBRARIES, *model.libraries)
    absent = [name for name in needed if importlib.util.find_spec(name) is None]
    if absent:
        raise ModelNotReady(
            f"The network {model.id} has not been prepared on this machine, and {absent[0]} is "
            "not installed. Run: pip install 'probity-platform[torch]', then: "
            f"probity models prepare {model.id}. Afterwards torch is not needed any more."
        )
    made = child.call(EXPORT, {"model": model.id, "weights": str(weights)}, limits=LIMITS)
    if not made["difference"] <= model.tolerance:
        raise ModelUnsound(
            f"The prepared form of {model.id} differs from the network by "
            f"{made['difference']:.2g}, more than {model.tolerance:g}; it was not kept. "
            "Try another version of torch."
        )
    return _kept(model, made)


def _kept(model: Model, made: dict[str, Any]) -> Prepared:
    data: bytes = made["onnx"]
    note = {
        "model": model.id,
        "sha256": hashlib.sha256(data).hexdigest(),
        "weights_sha256": Catalogue.load("detectors").get(model.id).sha256,
        "recipe": RECIPE,
        "opset": made["opset"],
        "torch": made["torch"],
        "difference": made["difference"],
    }
    path = _place(model)
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        _write(path, data)
        _write(_note(path), json.dumps(note, indent=1).encode())
    except OSError as error:
        raise ModelNotReady(
            f"The prepared network {model.id} cannot be kept in {path.parent} ({error.strerror}). "
            "Allow this account to write there, or set PROBITY_HOME."
        ) from error
    return Prepared(model=model, path=path, sha256=str(note["sha256"]), note=note)


def _place(model: Model) -> Path:
    sha256 = Catalogue.load("detectors").get(model.id).sha256
    return home() / "models" / f"{model.id}-{sha256[:16]}-{RECIPE}{SUFFIX}"


def _note(path: Path) -> Path:
    return path.with_suffix(".json")


def _write(path: Path, data: bytes) -> None:
    """All of it or nothing, also when two processes prepare at once."""
    handle, name = tempfile.mkstemp(prefix=".arriving-", dir=path.parent)
    with os.fdopen(handle, "wb") as file:
        file.write(data)
    Path(name).chmod(0o644)
    Path(name).replace(path)
