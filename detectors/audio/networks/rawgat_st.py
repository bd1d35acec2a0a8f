"""RawGAT-ST with multiplicative fusion (H. Tak et al., ASVspoof Workshop 2021, arXiv:2107.12710).

Waves B x 64,600 at 16 kHz in [-1, 1] to logits B x 2, index 1 = bona fide. Two encoders, one read
along frequency and one along time, each with its own graph; their product is a third graph.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise

from torch import Tensor, nn

from detectors.audio.networks.parts import FrontEnd, GraphAttention, GraphPool, Stage

WIDTHS = (1, 32, 32, 64, 64, 64, 64)
GRAPH, JOINED = 32, 16
SHARED_NODES = 12
SPECTRAL_NODES, TEMPORAL_NODES, JOINED_NODES = 14, 23, 7
KEEP_SPECTRAL, KEEP_TEMPORAL, KEEP_JOINED = 0.64, 0.81, 0.64


class Spare(nn.Module):
    """Weights that the published file carries and the network never uses."""

    def __init__(self, *, inputs: int, outputs: int) -> None:
        super().__init__()
        self.bn1 = nn.BatchNorm2d(inputs)
        self.conv_1 = nn.Conv2d(1, outputs, (2, 3))

    def forward(self, picture: Tensor) -> Tensor:
        return picture


def encoder() -> nn.Sequential:
    """Six residual stages; the first adds its one channel to all of its outputs."""
    return nn.Sequential(
        *(
            Stage(
                inputs=inputs,
                outputs=outputs,
                spare=nn.Identity() if place == 0 else Spare(inputs=inputs, outputs=outputs),
                skip=inputs != outputs and place > 0,
            )
            for place, (inputs, outputs) in enumerate(pairwise(WIDTHS))
        )
    )


class RawGatSt(nn.Module):
    """The whole network; see the module for its contract."""

    def __init__(self) -> None:
        super().__init__()
        self.front = FrontEnd()
        self.encoder_spectral, self.encoder_temporal = encoder(), encoder()
        first = {"inputs": WIDTHS[-1], "outputs": GRAPH}
        self.spectral = GraphAttention(**first, temperature=1.0)
        self.temporal = GraphAttention(**first, temperature=1.0)
        self.joined = GraphAttention(inputs=GRAPH, outputs=JOINED, temperature=1.0)
        self.pool_spectral = GraphPool(inputs=GRAPH, ratio=KEEP_SPECTRAL)
        self.pool_temporal = GraphPool(inputs=GRAPH, ratio=KEEP_TEMPORAL)
        self.pool_joined = GraphPool(inputs=JOINED, ratio=KEEP_JOINED)
        self.fit_spectral = nn.Linear(SPECTRAL_NODES, SHARED_NODES)
        self.fit_temporal = nn.Linear(TEMPORAL_NODES, SHARED_NODES)
        self.node = nn.Linear(JOINED, 1)
        self.last = nn.Linear(JOINED_NODES, 2)

    def forward(self, wave: Tensor) -> Tensor:
        picture = self.front(wave)
        along_frequency = self.encoder_spectral(picture).abs().amax(dim=3).transpose(1, 2)
        along_time = self.encoder_temporal(picture).abs().amax(dim=2).transpose(1, 2)
        spectral = self.pool_spectral(self.spectral(along_frequency)).transpose(1, 2)
        temporal = self.pool_temporal(self.temporal(along_time)).transpose(1, 2)
        product = self.fit_spectral(spectral) * self.fit_temporal(temporal)
        nodes = self.pool_joined(self.joined(product.transpose(1, 2)))
        logits: Tensor = self.last(self.node(nodes).flatten(1))
        return logits


PARTS = {
    "first_bn": "front.norm",
    "encoder1": "encoder_spectral",
    "encoder2": "encoder_temporal",
    "GAT_layer1": "spectral",
    "GAT_layer2": "temporal",
    "GAT_layer3": "joined",
    "pool1": "pool_spectral",
    "pool2": "pool_temporal",
    "pool3": "pool_joined",
    "proj1": "fit_spectral",
    "proj2": "fit_temporal",
    "proj": "node",
    "proj_node": "last",
}
"""First word of a name in the published file, and what it is called here."""

STAGE = {"conv1": "first", "conv2": "second", "bn2": "norm", "conv_downsample": "skip"}
STAGE |= {"bn1": "spare.bn1", "conv_1": "spare.conv_1"}
GRAPH_WORDS = {"att_proj": "pair", "att_weight": "weight", "bn": "norm", "proj": "score"}
GRAPH_WORDS |= {"proj_with_att": "seen", "proj_without_att": "own"}


def build(weights: Mapping[str, Tensor]) -> RawGatSt:
    """The network with published weights, ready to use; raises RuntimeError if any do not fit."""
    network = RawGatSt()
    network.load_state_dict({_ours(name): value for name, value in weights.items()})
    return network.eval()


def _ours(name: str) -> str:
    first, *rest = name.split(".")
    if not first.startswith("encoder"):
        return ".".join([PARTS[first], *(GRAPH_WORDS.get(word, word) for word in rest)])
    # every stage lies in a list of one; the first stage has only its one-channel convolution
    place, _, part, last = rest
    word = "first" if (place, part) == ("0", "conv_1") else STAGE[part]
    return ".".join([PARTS[first], place, word, last])
