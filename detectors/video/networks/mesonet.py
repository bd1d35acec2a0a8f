"""Meso-4 and MesoInception-4 in torch, from the paper; only used to turn weights into ONNX.

D. Afchar, V. Nozick, J. Yamagishi and I. Echizen, MesoNet: a Compact Facial Video Forgery Detection
Network, IEEE Workshop on Information Forensics and Security, 2018. Input: RGB faces in [0, 1],
(N, 256, 256, 3); output (N, 1): the probability that a face is untouched.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

Weights = Mapping[str, NDArray[np.float32]]
"""Arrays by their Keras names: ``conv2d_5/conv2d_5/kernel:0``."""

KERAS_EPSILON = 1e-3
LEAK = 0.1


class Inception(nn.Module):
    """Four branches with growing reach: 1x1, 3x3, and 3x3 dilated by two and by three."""

    def __init__(self, inputs: int, outputs: tuple[int, int, int, int]) -> None:
        super().__init__()
        first, *others = outputs
        self.plain = nn.Conv2d(inputs, first, 1)
        self.narrow = nn.ModuleList(nn.Conv2d(inputs, width, 1) for width in others)
        self.wide = nn.ModuleList(
            nn.Conv2d(width, width, 3, padding=reach, dilation=reach)
            for reach, width in enumerate(others, start=1)
        )

    def convolutions(self) -> Iterator[nn.Conv2d]:
        """In the order in which the published weights number them."""
        yield self.plain
        for narrow, wide in zip(self.narrow, self.wide, strict=True):
            yield from (narrow, wide)  # type: ignore[misc]

    def forward(self, x: Tensor) -> Tensor:
        branches = [torch.relu(self.plain(x))]
        for narrow, wide in zip(self.narrow, self.wide, strict=True):
            branches.append(torch.relu(wide(torch.relu(narrow(x)))))
        return torch.cat(branches, dim=1)


class Convolution(nn.Module):
    """One convolution that keeps the size, rectified."""

    def __init__(self, inputs: int, outputs: int, kernel: int) -> None:
        super().__init__()
        self.inner = nn.Conv2d(inputs, outputs, kernel, padding=kernel // 2)

    def convolutions(self) -> Iterator[nn.Conv2d]:
        yield self.inner

    def forward(self, x: Tensor) -> Tensor:
        return torch.relu(self.inner(x))


class MesoNet(nn.Module):
    """Four steps of convolution, normalisation and pooling, then sixteen hidden units."""

    def __init__(self, steps: list[Inception | Convolution], widths: tuple[int, ...]) -> None:
        super().__init__()
        self.steps = nn.ModuleList(steps)
        self.norms = nn.ModuleList(nn.BatchNorm2d(width, eps=KERAS_EPSILON) for width in widths)
        self.hidden = nn.Linear(1024, 16)
        self.last = nn.Linear(16, 1)

    def forward(self, faces: Tensor) -> Tensor:
        x = faces.permute(0, 3, 1, 2)
        for place, (step, norm) in enumerate(zip(self.steps, self.norms, strict=True)):
            x = nn.functional.max_pool2d(norm(step(x)), 4 if place == 3 else 2)
        x = x.permute(0, 2, 3, 1).flatten(1)  # Keras keeps the channels last
        x = nn.functional.leaky_relu(self.hidden(x), LEAK)
        return torch.sigmoid(self.last(x))


def meso4(weights: Weights) -> nn.Module:
    """Meso-4 with these weights (28,073 parameters with the fixed statistics)."""
    steps: list[Inception | Convolution] = [
        Convolution(3, 8, 3), Convolution(8, 8, 5), Convolution(8, 16, 5), Convolution(16, 16, 5),
    ]  # fmt: skip
    return _filled(MesoNet(steps, (8, 8, 16, 16)), steps, weights)


def meso_inception4(weights: Weights) -> nn.Module:
    """MesoInception-4 with these weights (28,725 parameters with the fixed statistics)."""
    steps: list[Inception | Convolution] = [
        Inception(3, (1, 4, 4, 2)), Inception(11, (2, 4, 4, 2)),
        Convolution(12, 16, 5), Convolution(16, 16, 5),
    ]  # fmt: skip
    return _filled(MesoNet(steps, (11, 12, 16, 16)), steps, weights)


def _filled(net: MesoNet, steps: list[Inception | Convolution], weights: Weights) -> nn.Module:
    """Put every published array in its place; raises ValueError when some fit nowhere."""
    convolutions = [one for step in steps for one in step.convolutions()]
    layers = _layers(weights)
    kinds: dict[str, Sequence[nn.Module]] = {
        "conv2d": convolutions,
        "batch_normalization": list(net.norms),
        "dense": [net.hidden, net.last],
    }
    counts = {kind: len(found) for kind, found in layers.items()}
    if counts != {kind: len(modules) for kind, modules in kinds.items()}:
        raise ValueError("the weights belong to another network")
    with torch.no_grad():
        for kind, modules in kinds.items():
            for module, arrays in zip(modules, layers[kind], strict=True):
                module.load_state_dict(_state(kind, arrays), strict=False)
    return net.eval()


def _layers(weights: Weights) -> dict[str, list[dict[str, NDArray[np.float32]]]]:
    """Arrays by kind of layer, each kind in the order of the numbers in the names."""
    found: dict[str, dict[int, dict[str, NDArray[np.float32]]]] = {}
    for name, array in weights.items():
        match = re.fullmatch(r"(\w+)_(\d+)/\w+/(\w+):0", name)
        if match is None:
            raise ValueError(f"unknown array {name}")
        kind, number, part = match.groups()
        found.setdefault(kind, {}).setdefault(int(number), {})[part] = array
    return {kind: [layers[n] for n in sorted(layers)] for kind, layers in found.items()}


def _state(kind: str, arrays: Mapping[str, NDArray[np.float32]]) -> dict[str, Tensor]:
    made = {name: torch.from_numpy(np.array(array)) for name, array in arrays.items()}
    if kind == "conv2d":
        return {"weight": made["kernel"].permute(3, 2, 0, 1), "bias": made["bias"]}
    if kind == "dense":
        return {"weight": made["kernel"].T, "bias": made["bias"]}
    return {"weight": made["gamma"], "bias": made["beta"], "running_mean": made["moving_mean"],
            "running_var": made["moving_variance"]}  # fmt: skip
