"""AASIST and AASIST-L (J. Jung et al., ICASSP 2022, arXiv:2110.01200).

Waves B x 64,600 at 16 kHz in [-1, 1] to logits B x 2, index 1 = bona fide. A spectral and a
temporal graph are drawn from one encoder and joined twice by heterogeneous attention, each time
with a stack node that listens to both; the stronger of the two branches counts.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

import torch
from torch import Tensor, nn

from detectors.audio.networks.parts import (
    FrontEnd,
    GraphAttention,
    GraphPool,
    Stage,
    node_norm,
    node_pairs,
)

SPECTRAL_NODES = 23
JOINT = 32
STACK_TEMPERATURE = 100.0
GRAPH_TEMPERATURE = 2.0


@dataclass(frozen=True, kw_only=True)
class Size:
    """``width``: channels of the later stages; ``keep``: share of nodes kept (S, T, joined)."""

    width: int
    keep: tuple[float, float, float]


LARGE = Size(width=64, keep=(0.5, 0.7, 0.5))
LIGHT = Size(width=24, keep=(0.4, 0.5, 0.7))

Graphs = tuple[Tensor, Tensor, Tensor]


class JointAttention(nn.Module):
    """Temporal nodes, spectral nodes and a stack node (B x 1 x D) look at one another."""

    def __init__(self, *, inputs: int) -> None:
        super().__init__()
        self.temporal = nn.Linear(inputs, inputs)
        self.spectral = nn.Linear(inputs, inputs)
        self.pair = nn.Linear(inputs, JOINT)
        self.pair_stack = nn.Linear(inputs, JOINT)
        self.weight_tt = nn.Parameter(torch.zeros(JOINT, 1))
        self.weight_ss = nn.Parameter(torch.zeros(JOINT, 1))
        self.weight_ts = nn.Parameter(torch.zeros(JOINT, 1))
        self.weight_stack = nn.Parameter(torch.zeros(JOINT, 1))
        self.seen = nn.Linear(inputs, JOINT)
        self.own = nn.Linear(inputs, JOINT)
        self.seen_stack = nn.Linear(inputs, JOINT)
        self.own_stack = nn.Linear(inputs, JOINT)
        self.norm = nn.BatchNorm1d(JOINT)

    def forward(self, temporal: Tensor, spectral: Tensor, stack: Tensor) -> Graphs:
        count = temporal.shape[1]
        nodes = torch.cat([self.temporal(temporal), self.spectral(spectral)], dim=1)
        share = torch.softmax(self._scores(nodes, count) / STACK_TEMPERATURE, dim=-1)
        listening = torch.tanh(self.pair_stack(nodes * stack)) @ self.weight_stack
        heard = torch.softmax(listening / STACK_TEMPERATURE, dim=1).transpose(1, 2) @ nodes
        stack = self.seen_stack(heard) + self.own_stack(stack)
        nodes = node_norm(self.norm, self.seen(share @ nodes) + self.own(nodes))
        return nodes[:, :count], nodes[:, count:], stack

    def _scores(self, nodes: Tensor, count: int) -> Tensor:
        """B x N x N: pairs of one kind and pairs of two kinds have weights of their own."""
        pair = torch.tanh(self.pair(node_pairs(nodes)))
        above = [pair[:, :count, :count] @ self.weight_tt, pair[:, :count, count:] @ self.weight_ts]
        below = [pair[:, count:, :count] @ self.weight_ts, pair[:, count:, count:] @ self.weight_ss]
        rows = [torch.cat(above, dim=2), torch.cat(below, dim=2)]
        return torch.cat(rows, dim=1).squeeze(-1)


class Branch(nn.Module):
    """Join, keep the best nodes, join once more and add."""

    def __init__(self, *, inputs: int, keep: float) -> None:
        super().__init__()
        self.stack = nn.Parameter(torch.zeros(1, 1, inputs))
        self.outer = JointAttention(inputs=inputs)
        self.inner = JointAttention(inputs=JOINT)
        self.pool_temporal = GraphPool(inputs=JOINT, ratio=keep)
        self.pool_spectral = GraphPool(inputs=JOINT, ratio=keep)

    def forward(self, temporal: Tensor, spectral: Tensor) -> Graphs:
        temporal, spectral, stack = self.outer(temporal, spectral, self.stack)
        temporal, spectral = self.pool_temporal(temporal), self.pool_spectral(spectral)
        more = self.inner(temporal, spectral, stack)
        return temporal + more[0], spectral + more[1], stack + more[2]


class Aasist(nn.Module):
    """The whole network; see the module for its contract."""

    def __init__(self, size: Size) -> None:
        super().__init__()
        widths = [1, 32, 32, *(size.width,) * 4]
        self.front = FrontEnd()
        self.encoder = nn.Sequential(
            *(
                Stage(
                    inputs=inputs,
                    outputs=outputs,
                    spare=nn.Identity() if place == 0 else nn.BatchNorm2d(inputs),
                    skip=inputs != outputs,
                )
                for place, (inputs, outputs) in enumerate(pairwise(widths))
            )
        )
        self.place = nn.Parameter(torch.zeros(1, SPECTRAL_NODES, size.width))
        both = {"inputs": size.width, "outputs": size.width}
        self.spectral = GraphAttention(**both, temperature=GRAPH_TEMPERATURE)
        self.temporal = GraphAttention(**both, temperature=GRAPH_TEMPERATURE)
        self.pool_spectral = GraphPool(inputs=size.width, ratio=size.keep[0])
        self.pool_temporal = GraphPool(inputs=size.width, ratio=size.keep[1])
        self.one = Branch(inputs=size.width, keep=size.keep[2])
        self.two = Branch(inputs=size.width, keep=size.keep[2])
        self.last = nn.Linear(5 * JOINT, 2)

    def forward(self, wave: Tensor) -> Tensor:
        strength = self.encoder(self.front(wave)).abs()
        spectral = self.spectral(strength.amax(dim=3).transpose(1, 2) + self.place)
        temporal = self.temporal(strength.amax(dim=2).transpose(1, 2))
        spectral, temporal = self.pool_spectral(spectral), self.pool_temporal(temporal)
        branches = zip(self.one(temporal, spectral), self.two(temporal, spectral), strict=True)
        temporal, spectral, stack = (torch.maximum(one, two) for one, two in branches)
        told = [temporal.abs().amax(dim=1), temporal.mean(dim=1)]
        told += [spectral.abs().amax(dim=1), spectral.mean(dim=1), stack.squeeze(1)]
        logits: Tensor = self.last(torch.cat(told, dim=1))
        return logits


PARTS = {
    "pos_S": "place",
    "master1": "one.stack",
    "master2": "two.stack",
    "first_bn": "front.norm",
    "GAT_layer_S": "spectral",
    "GAT_layer_T": "temporal",
    "HtrgGAT_layer_ST11": "one.outer",
    "HtrgGAT_layer_ST12": "one.inner",
    "HtrgGAT_layer_ST21": "two.outer",
    "HtrgGAT_layer_ST22": "two.inner",
    "pool_S": "pool_spectral",
    "pool_T": "pool_temporal",
    "pool_hS1": "one.pool_spectral",
    "pool_hT1": "one.pool_temporal",
    "pool_hS2": "two.pool_spectral",
    "pool_hT2": "two.pool_temporal",
    "out_layer": "last",
}
"""First word of a name in the published file, and what it is called here."""

WORDS = {
    "conv1": "first",
    "conv2": "second",
    "bn1": "spare",
    "bn2": "norm",
    "bn": "norm",
    "conv_downsample": "skip",
    "att_proj": "pair",
    "att_projM": "pair_stack",
    "att_weight": "weight",
    "att_weight11": "weight_tt",
    "att_weight22": "weight_ss",
    "att_weight12": "weight_ts",
    "att_weightM": "weight_stack",
    "proj": "score",
    "proj_type1": "temporal",
    "proj_type2": "spectral",
    "proj_with_att": "seen",
    "proj_without_att": "own",
    "proj_with_attM": "seen_stack",
    "proj_without_attM": "own_stack",
}
"""Inner words of a name in the published file."""


def large(weights: Mapping[str, Tensor]) -> Aasist:
    """AASIST with published weights; raises RuntimeError unless every one fits."""
    return _with(LARGE, weights)


def light(weights: Mapping[str, Tensor]) -> Aasist:
    """AASIST-L with published weights; raises RuntimeError unless every one fits."""
    return _with(LIGHT, weights)


def _with(size: Size, weights: Mapping[str, Tensor]) -> Aasist:
    network = Aasist(size)
    network.load_state_dict({_ours(name): value for name, value in weights.items()})
    return network.eval()


def _ours(name: str) -> str:
    first, *rest = name.split(".")
    if first == "encoder":
        # every stage lies in a list of one
        place, _, *rest = rest
        return ".".join(["encoder", place, *(WORDS.get(word, word) for word in rest)])
    return ".".join([PARTS[first], *(WORDS.get(word, word) for word in rest)])
