"""A speech network on a log spectrogram with linear frequency.

Each band is brought to one mean level over the clip, so that microphone, room colour and bandwidth
tell nothing; what is left is how the bands move. Convolutions, then attention over time (K. Okabe
et al., Attentive Statistics Pooling, Interspeech 2018). Linear frequency keeps the detail above
4 kHz that vocoders get wrong (M. Sahidullah et al., A Comparison of Features for Synthetic Speech
Detection, Interspeech 2015). Input B x 64,600 samples at 16 kHz in [-1, 1].
"""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

LENGTH, HOP = 512, 160
BANDS = 128
WIDTHS = (16, 32, 64, 96)
FLOOR = 1e-7
"""Power below this is one and the same silence (about -70 dB of full scale)."""


def analysis() -> Tensor:
    """2 * 256 x 1 x LENGTH: cosines and sines of the frequencies 1 to 256 under a Hann window."""
    time = np.arange(LENGTH)
    phase = 2 * np.pi * np.outer(np.arange(1, LENGTH // 2 + 1), time) / LENGTH
    window = np.hanning(LENGTH + 1)[:-1]
    waves = np.concatenate([np.cos(phase), np.sin(phase)]) * (window / window.sum() * 2)
    return torch.tensor(waves[:, None, :], dtype=torch.float32)


class Spectro(nn.Module):
    """About 0.15 million parameters."""

    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("waves", analysis(), persistent=False)
        stages: list[nn.Module] = []
        inputs = 1
        for number, outputs in enumerate(WIDTHS):
            size = 5 if number == 0 else 3
            stages += [
                nn.Conv2d(inputs, outputs, size, stride=2, padding=size // 2, bias=False),
                nn.BatchNorm2d(outputs),
                nn.ReLU(),
            ]
            inputs = outputs
        self.stages = nn.Sequential(*stages)
        rows = BANDS // 2 ** len(WIDTHS)
        self.mix = nn.Conv1d(WIDTHS[-1] * rows, 96, 1)
        self.attention = nn.Conv1d(96, 1, 1)
        self.drop = nn.Dropout(0.3)
        self.head = nn.Linear(192, 2)

    def picture(self, wave: Tensor) -> Tensor:
        """B x 1 x BANDS x frames: log power, each band at mean zero."""
        parts = functional.conv1d(wave.unsqueeze(1), self.get_buffer("waves"), stride=HOP)
        half = LENGTH // 2
        power = parts[:, :half].square() + parts[:, half:].square()
        banded = functional.avg_pool1d(power.transpose(1, 2), half // BANDS).transpose(1, 2)
        logs = (banded + FLOOR).log()
        return ((logs - logs.mean(dim=2, keepdim=True)) / 3).unsqueeze(1)

    def forward(self, wave: Tensor) -> Tensor:
        seen = self.stages(self.picture(wave))
        over_time = functional.relu(self.mix(seen.flatten(1, 2)))
        weight = self.attention(over_time).softmax(dim=2)
        mean = (over_time * weight).sum(dim=2)
        spread = ((over_time - mean[:, :, None]).square() * weight).sum(dim=2).add(1e-5).sqrt()
        logits: Tensor = self.head(self.drop(torch.cat([mean, spread], dim=1)))
        return logits
