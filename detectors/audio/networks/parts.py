"""What AASIST and RawGAT-ST have in common: filter bank, residual stage, graph attention, pooling.

Shapes: B clips, C channels, F frequency rows, T time columns, N graph nodes, D features.
Sources: J. Jung et al., AASIST, ICASSP 2022 (arXiv:2110.01200); H. Tak et al., End-to-End
Spectro-Temporal Graph Attention Networks, ASVspoof Workshop 2021 (arXiv:2107.12710); M. Ravanelli
and Y. Bengio, Speaker Recognition from Raw Waveform with SincNet, SLT 2018 (arXiv:1808.00158).
"""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

RATE = 16_000
FILTERS = 70
TAPS = 129
MEL_POINTS = 2595.0
MEL_CORNER = 700.0


def mel_sinc_bank() -> Tensor:
    """FILTERS x 1 x TAPS band-pass filters whose edges are spaced evenly on the mel scale.

    Each is the difference of two ideal low-passes under a Hamming window; they are not trained.
    """
    top = MEL_POINTS * np.log10(1 + RATE / 2 / MEL_CORNER)
    edges = MEL_CORNER * (10 ** (np.linspace(0, top, FILTERS + 1) / MEL_POINTS) - 1)
    time = np.arange(TAPS) - (TAPS - 1) / 2
    share = 2 * edges[:, None] / RATE
    low_passes = share * np.sinc(share * time)
    bank = np.diff(low_passes, axis=0) * np.hamming(TAPS)
    return torch.tensor(bank[:, None, :], dtype=torch.float32)


class FrontEnd(nn.Module):
    """Waves B x samples to a normalised picture B x 1 x F x T."""

    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("bank", mel_sinc_bank(), persistent=False)
        self.norm = nn.BatchNorm2d(1)

    def forward(self, wave: Tensor) -> Tensor:
        bands = functional.conv1d(wave.unsqueeze(1), self.get_buffer("bank"))
        picture = functional.max_pool2d(bands.abs().unsqueeze(1), 3)
        return functional.selu(self.norm(picture))


class Stage(nn.Module):
    """Residual stage; divides T by three.

    The published networks normalise the input of every stage but the first and then do not use
    the result: the first convolution sees the input itself. ``spare`` keeps those weights, and a
    convolution that RawGAT-ST's files carry without using it, so that files load strictly.
    """

    def __init__(self, *, inputs: int, outputs: int, spare: nn.Module, skip: bool) -> None:
        super().__init__()
        self.spare = spare
        self.first = nn.Conv2d(inputs, outputs, (2, 3), padding=(1, 1))
        self.norm = nn.BatchNorm2d(outputs)
        self.second = nn.Conv2d(outputs, outputs, (2, 3), padding=(0, 1))
        self.skip = nn.Conv2d(inputs, outputs, (1, 3), padding=(0, 1)) if skip else nn.Identity()

    def forward(self, picture: Tensor) -> Tensor:
        inner = functional.selu(self.norm(self.first(picture)))
        return functional.max_pool2d(self.second(inner) + self.skip(picture), (1, 3))


def node_pairs(nodes: Tensor) -> Tensor:
    """B x N x D to B x N x N x D: the product of every pair of nodes."""
    return nodes.unsqueeze(2) * nodes.unsqueeze(1)


def node_norm(norm: nn.Module, nodes: Tensor) -> Tensor:
    """Normalise B x N x D over batch and nodes together, then SELU."""
    flat: Tensor = norm(nodes.flatten(0, 1))
    return functional.selu(flat.view(-1, nodes.shape[1], flat.shape[1]))


class GraphAttention(nn.Module):
    """Every node looks at all nodes of its kind; B x N x inputs to B x N x outputs."""

    def __init__(self, *, inputs: int, outputs: int, temperature: float) -> None:
        super().__init__()
        self.temperature = temperature
        self.pair = nn.Linear(inputs, outputs)
        self.weight = nn.Parameter(torch.zeros(outputs, 1))
        self.seen = nn.Linear(inputs, outputs)
        self.own = nn.Linear(inputs, outputs)
        self.norm = nn.BatchNorm1d(outputs)

    def forward(self, nodes: Tensor) -> Tensor:
        score = torch.tanh(self.pair(node_pairs(nodes))) @ self.weight
        share = torch.softmax(score.squeeze(-1) / self.temperature, dim=-1)
        return node_norm(self.norm, self.seen(share @ nodes) + self.own(nodes))


class GraphPool(nn.Module):
    """Keep the ``ratio`` of nodes with the highest learned score, weighted by it, best first."""

    def __init__(self, *, inputs: int, ratio: float) -> None:
        super().__init__()
        self.ratio = ratio
        self.score = nn.Linear(inputs, 1)

    def forward(self, nodes: Tensor) -> Tensor:
        score = torch.sigmoid(self.score(nodes))
        count = max(int(nodes.shape[1] * self.ratio), 1)
        best = torch.topk(score, count, dim=1).indices
        return torch.gather(nodes * score, 1, best.expand(-1, -1, nodes.shape[2]))
