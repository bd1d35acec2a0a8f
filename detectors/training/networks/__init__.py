"""Our own small networks. Both give two logits: index 0 generated, index 1 recorded."""

from __future__ import annotations

from collections.abc import Callable

from torch import nn

from detectors.training.errors import RecipeInvalid
from detectors.training.networks.residual import Residual
from detectors.training.networks.spectro import Spectro

NETWORKS: dict[str, Callable[[], nn.Module]] = {"residual": Residual, "spectro": Spectro}


def build(name: str) -> nn.Module:
    """A fresh network of that name; raises :class:`RecipeInvalid`."""
    if name not in NETWORKS:
        raise RecipeInvalid(f"There is no network {name!r}. Known: {', '.join(NETWORKS)}.")
    return NETWORKS[name]()
