"""From a trained network to a file that the detectors use, and its calibration."""

from __future__ import annotations

import datetime
import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any, ClassVar

import torch
from torch import nn

from detectors.api import DetectorError
from detectors.calibration import store
from detectors.calibration.making import Made, Observation, Source, make
from detectors.calibration.model import EQUALISED
from detectors.card import Card
from detectors.models.export import difference, exported
from detectors.models.own import MOST_BYTES, OWN, Found, Own, keep
from detectors.registry import find
from detectors.training.probes import NAMES
from detectors.training.recipe import Recipe
from detectors.training.results import File, FoldResult, Triple, pooled


class NetworkUnsound(DetectorError):
    """The ONNX form is too large or computes something else; nothing is kept."""

    code: ClassVar[str] = "training-network-unsound"


def own_of(recipe: Recipe) -> tuple[str, Own]:
    """The slot that a recipe fills. Raises :class:`NetworkUnsound`."""
    for name, own in OWN.items():
        if own.detector == recipe.detector:
            return name, own
    raise NetworkUnsound(f"No detector called {recipe.detector!r} takes a network of our own.")


def as_onnx(network: nn.Module, own: Own) -> tuple[bytes, float]:
    """The ONNX form and the largest difference seen. Raises :class:`NetworkUnsound`."""
    data = exported(network, own.contract)
    apart = difference(network, data, own.contract)
    if not apart <= own.contract.tolerance:
        raise NetworkUnsound(
            f"The ONNX form differs from the network by {apart:.2g}; it was not kept. "
            "Try another version of torch."
        )
    if len(data) > MOST_BYTES:
        raise NetworkUnsound(
            f"As ONNX the network has {len(data)} bytes; at most {MOST_BYTES} are allowed."
        )
    return data, apart


def note(
    recipe: Recipe,
    *,
    learnt: Sequence[dict[str, Any]],
    folds: Sequence[FoldResult],
    network: Triple | None,
    probe: Triple | None,
    apart: float,
) -> dict[str, Any]:
    """What stands beside the network: where it comes from and what it could do on what was left
    out. ``release`` is true where every source's terms are clear."""
    sources = sorted({row["source"] for row in learnt})
    rules = {name: recipe.source(name) for name in sources}
    return {
        "date": datetime.datetime.now(tz=datetime.UTC).date().isoformat(),
        "torch": torch.__version__,
        "difference": apart,
        "recipe": recipe.name,
        "recipe_sha256": digest(recipe),
        "steps": recipe.training.steps,
        "sources": {name: rule.terms for name, rule in rules.items()},
        "release": all(rule.clear for rule in rules.values()),
        "learnt": list(learnt),
        "auc": list(network) if network else None,
        "probe_auc": list(probe) if probe else None,
        "folds": [asdict(fold) for fold in folds],
    }


def digest(recipe: Recipe) -> str:
    """SHA-256 over everything a recipe says."""
    return hashlib.sha256(json.dumps(recipe.to_dict(), sort_keys=True).encode()).hexdigest()


def calibration_of(recipe: Recipe, several: Sequence[File]) -> Made:
    """The calibration that files left out carry, or why they carry none. Self-made fakes do not
    count: nobody will ever report one."""
    card = _card(recipe)
    found = [one for one in several if not one.made]
    probe = pooled(found, by_probe=True)
    return make(
        [
            Observation(
                sha256=one.sha256,
                fake=one.fake,
                group=one.source,
                generator=one.generator if one.fake else "",
                variant=EQUALISED,
                suspicion=one.score,
            )
            for one in found
        ],
        source=Source(
            detector=card.id,
            version=card.version,
            direction=card.score.direction,
            parameters=card.parameters,
            name=f"what training by the recipe {recipe.name!r} left out",
            date=datetime.datetime.now(tz=datetime.UTC).date().isoformat(),
            leaks={NAMES[recipe.modality]: probe[0]} if probe else {},
        ),
    )


def put_into_use(name: str, data: bytes, about: dict[str, Any], *, made: Made | None) -> Found:
    """Network and calibration together: an older calibration goes with the older network."""
    kept = keep(name, data, about)
    old = store.path_in(store.own_folder(), OWN[name].detector)
    old.unlink(missing_ok=True)
    if made is not None and made.calibration is not None:
        store.save(made.calibration, folder=store.own_folder())
    return kept


def _card(recipe: Recipe) -> Card:
    card = find(recipe.detector).card
    if card is None:
        raise NetworkUnsound(f"The card of {recipe.detector} is not in order.")
    return card
