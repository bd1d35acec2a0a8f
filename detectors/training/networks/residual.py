"""A picture network that sees no picture, only its fine detail.

A fixed bank of high-pass filters (J. Fridrich and J. Kodovsky, Rich Models for Steganalysis of
Digital Images, IEEE TIFS 2012) and a learnt bank whose filters add up to zero (after B. Bayar and
M. C. Stamm, Constrained Convolutional Neural Networks, IEEE TIFS 2018) take the content away; a few
convolutions follow. Input B x 3 x 128 x 128, RGB, 0 to 255; any other side from 64 works as well.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

SIDE = 128
LEARNT = 6
LIMIT = 3.0
"""Residuals are cut here (in units of SCALE): strong edges are content."""
SCALE = 4.0
WIDTHS = (24, 48, 64, 96)

EDGE = np.array([[0, 0, 0], [0, -1, 1], [0, 0, 0]], dtype=np.float32)
LINE = np.array([[0, 0, 0], [1, -2, 1], [0, 0, 0]], dtype=np.float32) / 2
SQUARE = np.array([[-1, 2, -1], [2, -4, 2], [-1, 2, -1]], dtype=np.float32) / 4
WIDE = (
    np.array(
        [
            [-1, 2, -2, 2, -1],
            [2, -6, 8, -6, 2],
            [-2, 8, -12, 8, -2],
            [2, -6, 8, -6, 2],
            [-1, 2, -2, 2, -1],
        ],
        dtype=np.float32,
    )
    / 12
)


def fixed_bank() -> Tensor:
    """18 x 3 x 5 x 5: six filters (edge and line both ways, square, wide) on each colour."""
    small: list[NDArray[Any]] = [EDGE, EDGE.T, LINE, LINE.T, SQUARE]
    filters = [np.pad(one, 1) for one in small] + [WIDE]
    bank = np.zeros((3 * len(filters), 3, 5, 5), dtype=np.float32)
    for colour in range(3):
        for number, one in enumerate(filters):
            bank[colour * len(filters) + number, colour] = one
    return torch.from_numpy(bank)


class Residual(nn.Module):
    """About 0.1 million parameters."""

    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("fixed", fixed_bank(), persistent=False)
        self.learnt = nn.Parameter(torch.randn(LEARNT, 3, 5, 5) * 0.1)
        inputs = self.get_buffer("fixed").shape[0] + LEARNT
        stages: list[nn.Module] = []
        for number, outputs in enumerate(WIDTHS):
            # the first step is coarse at once: full resolution is where the time goes
            stride = 2 if number == 0 else 1
            stages += [
                nn.Conv2d(inputs, outputs, 3, stride=stride, padding=1, bias=False),
                nn.BatchNorm2d(outputs),
                nn.ReLU(),
            ]
            if number < len(WIDTHS) - 1:
                stages.append(nn.AvgPool2d(2))
            inputs = outputs
        self.stages = nn.Sequential(*stages)
        self.drop = nn.Dropout(0.3)
        self.head = nn.Linear(2 * WIDTHS[-1], 2)

    def forward(self, pixels: Tensor) -> Tensor:
        learnt = self.learnt - self.learnt.mean(dim=(1, 2, 3), keepdim=True)
        bank = torch.cat([self.get_buffer("fixed"), learnt])
        residual = functional.conv2d(pixels, bank, padding=0) / SCALE
        seen = self.stages(residual.clamp(-LIMIT, LIMIT))
        mean = seen.mean(dim=(2, 3))
        spread = (seen - mean[:, :, None, None]).square().mean(dim=(2, 3)).add(1e-5).sqrt()
        logits: Tensor = self.head(self.drop(torch.cat([mean, spread], dim=1)))
        return logits
