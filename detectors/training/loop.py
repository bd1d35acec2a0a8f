"""The training loop: both classes alike from every bin, resumable, the same on every run.

Whatever is random at a step depends on the seed and the number of the step alone, so that a run
that was interrupted ends where it would have ended anyway (bit for bit on one CPU thread).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from detectors.card import Modality
from detectors.training.errors import DataUnusable
from detectors.training.examples import Array, Examples, Row
from detectors.training.networks import build
from detectors.training.recipe import Recipe
from detectors.training.splits import Flags

CHECKPOINT_EVERY = 50
SMOOTHING = 0.05
CROP = 64
"""Pixels a side that a step sees of a picture; the network takes any size."""
STRETCH = 40_000
"""Samples that a step sees of a sound."""
WARM = 0.1
BATCH_MEASURED = 64

OnStep = Callable[[int, float], None]


def _nothing(_step: int, _lost: float) -> None:
    return


@dataclass(frozen=True, kw_only=True)
class Drawer:
    """Draws batches: half generated, half genuine, from the same bins, every generator of a bin
    as often as another."""

    places: tuple[tuple[dict[str, NDArray[np.int64]], dict[str, NDArray[np.int64]]], ...]

    @classmethod
    def of(cls, rows: Sequence[Row], learnt: Flags) -> Drawer:
        """Over the rows that are learnt from. Bins that lack a class are passed over; raises
        :class:`DataUnusable` where all do."""
        found: dict[int, tuple[dict[str, list[int]], dict[str, list[int]]]] = {}
        for place in np.flatnonzero(learnt).tolist():
            row = rows[place]
            name = row.generator if row.fake else row.source
            found.setdefault(row.bin, ({}, {}))[int(row.fake)].setdefault(name, []).append(place)
        places = tuple(
            (_arrays(genuine), _arrays(fake))
            for _, (genuine, fake) in sorted(found.items())
            if genuine and fake
        )
        if not places:
            raise DataUnusable(
                "Genuine and generated files differ so much in size or length that no treatment "
                "makes them alike. Add files of like size (pictures) or length (speech)."
            )
        return cls(places=places)

    def batch(self, size: int, random: np.random.Generator) -> NDArray[np.int64]:
        """Places: the even ones genuine, the odd ones generated, pairs from one bin."""
        found = []
        for _ in range(size // 2):
            for groups in self.places[int(random.integers(len(self.places)))]:
                names = list(groups)
                at = groups[names[int(random.integers(len(names)))]]
                found.append(int(at[int(random.integers(at.size))]))
        return np.array(found)


def _arrays(groups: dict[str, list[int]]) -> dict[str, NDArray[np.int64]]:
    return {name: np.array(places) for name, places in sorted(groups.items())}


def train(
    examples: Examples,
    recipe: Recipe,
    *,
    learnt: Flags,
    checkpoint: Path,
    device: str = "cpu",
    on_step: OnStep = _nothing,
) -> nn.Module:
    """A network in evaluation mode, on the CPU. Goes on from ``checkpoint`` where there is one of
    the same recipe."""
    torch.manual_seed(recipe.seed)
    network = build(recipe.network).to(device)
    rules = recipe.training
    learning = torch.optim.AdamW(network.parameters(), lr=rules.rate, weight_decay=rules.decay)
    drawer = Drawer.of(examples.rows, learnt)
    first = _resumed(checkpoint, network, learning, recipe=recipe)
    fake = np.array([row.fake for row in examples.rows])
    for step in range(first, rules.steps):
        torch.manual_seed(recipe.seed + step)
        random = np.random.default_rng([recipe.seed, step])
        places = drawer.batch(rules.batch, random)
        given = _part(examples.data[places], modality=recipe.modality, random=random).to(device)
        meant = torch.from_numpy((~fake[places]).astype(np.int64)).to(device)
        for group in learning.param_groups:
            group["lr"] = rules.rate * _pace(step, rules.steps)
        network.train()
        lost = functional.cross_entropy(network(given), meant, label_smoothing=SMOOTHING)
        learning.zero_grad()
        lost.backward()  # type: ignore[no-untyped-call]
        learning.step()
        if (step + 1) % CHECKPOINT_EVERY == 0 or step + 1 == rules.steps:
            _save(checkpoint, network, learning, recipe=recipe, step=step + 1)
        on_step(step + 1, float(lost.detach()))
    return network.to("cpu").eval()


def scores(network: nn.Module, data: Array, *, modality: Modality) -> NDArray[np.float64]:
    """(N,): logit of generated minus logit of recorded."""
    found = []
    with torch.no_grad():
        for first in range(0, len(data), BATCH_MEASURED):
            logits = network(tensor(data[first : first + BATCH_MEASURED], modality=modality))
            found.append((logits[:, 0] - logits[:, 1]).numpy())
    return np.concatenate(found).astype(np.float64) if found else np.zeros(0)


def tensor(data: Array, *, modality: Modality) -> Tensor:
    """Examples as the network takes them."""
    if modality is Modality.IMAGE:
        return torch.from_numpy(np.ascontiguousarray(data.transpose(0, 3, 1, 2))).float()
    return torch.from_numpy(data.astype(np.float32)) / 32768


def _part(data: Array, *, modality: Modality, random: np.random.Generator) -> Tensor:
    """A random part of each example, the same place in all of them: quick, and never the same."""
    whole = tensor(data, modality=modality)
    if modality is Modality.IMAGE:
        top, left = (int(random.integers(side - CROP + 1)) for side in whole.shape[2:])
        part = whole[:, :, top : top + CROP, left : left + CROP]
        return part.flip(3) if random.random() < 0.5 else part
    start = int(random.integers(whole.shape[1] - STRETCH + 1))
    return whole[:, start : start + STRETCH]


def _pace(step: int, steps: int) -> float:
    """Share of the highest rate: rises for a tenth of the steps, then falls like a cosine."""
    warm = max(1, int(steps * WARM))
    if step < warm:
        return (step + 1) / warm
    return 0.5 * (1 + math.cos(math.pi * (step - warm) / max(1, steps - warm)))


def _save(
    path: Path, network: nn.Module, learning: torch.optim.Optimizer, *, recipe: Recipe, step: int
) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(".draft")
    torch.save(
        {"network": network.state_dict(), "learning": learning.state_dict(), "step": step,
         "recipe": repr(recipe.to_dict())}, draft,
    )  # fmt: skip
    draft.replace(path)


def _resumed(
    path: Path, network: nn.Module, learning: torch.optim.Optimizer, *, recipe: Recipe
) -> int:
    if not path.is_file():
        return 0
    held = torch.load(path, weights_only=True)
    if held["recipe"] != repr(recipe.to_dict()):
        return 0
    network.load_state_dict(held["network"])
    learning.load_state_dict(held["learning"])
    return int(held["step"])
