"""Small autoencoders whose reconstructions serve as fakes: the ends of generators, without one.

Whatever a generator imagines, its last layers turn a small code into pixels or samples, and those
leave the trace. Each of these squeezes a native into a small code and enlarges it again with one
kind of layer. A few hundred steps on the genuine natives are enough to look alike.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

Array = NDArray[Any]
Rebuild = Callable[[Array], Array]

PIECE = {2: 64, 1: 8192}
"""What a step sees of a native: pixels a side, or samples."""
BATCH = {2: 8, 1: 8}
WIDTH = 16
CODE = {2: 8, 1: 16}


def enlarging(kind: str, *, inputs: int, outputs: int) -> nn.Module:
    """One layer that doubles both sides of a picture. Raises ValueError for an unknown kind."""
    if kind == "transposed convolution":
        return nn.ConvTranspose2d(inputs, outputs, 4, stride=2, padding=1)
    if kind == "nearest neighbour":
        return nn.Sequential(nn.Upsample(scale_factor=2), nn.Conv2d(inputs, outputs, 3, padding=1))
    if kind == "pixel shuffle":
        return nn.Sequential(nn.Conv2d(inputs, 4 * outputs, 3, padding=1), nn.PixelShuffle(2))
    raise ValueError(f"no such layer: {kind}")


def pictures(kind: str) -> nn.Module:
    """B x 3 x rows x columns in [-1, 1], sides divisible by four, to the same."""
    return nn.Sequential(
        nn.Conv2d(3, WIDTH, 4, stride=2, padding=1), nn.ReLU(),
        nn.Conv2d(WIDTH, 2 * WIDTH, 4, stride=2, padding=1), nn.ReLU(),
        nn.Conv2d(2 * WIDTH, CODE[2], 3, padding=1),
        nn.Conv2d(CODE[2], 2 * WIDTH, 3, padding=1), nn.ReLU(),
        enlarging(kind, inputs=2 * WIDTH, outputs=WIDTH), nn.ReLU(),
        enlarging(kind, inputs=WIDTH, outputs=WIDTH), nn.ReLU(),
        nn.Conv2d(WIDTH, 3, 3, padding=1),
    )  # fmt: skip


def sounds() -> nn.Module:
    """B x 1 x samples, divisible by 64, to the same, by transposed convolutions."""
    down: list[nn.Module] = []
    up: list[nn.Module] = []
    widths = (1, WIDTH, 2 * WIDTH, 3 * WIDTH)
    for inputs, outputs in pairwise(widths):
        down += [nn.Conv1d(inputs, outputs, 8, stride=4, padding=2), nn.LeakyReLU(0.1)]
        up = [nn.LeakyReLU(0.1), nn.ConvTranspose1d(outputs, inputs, 8, stride=4, padding=2), *up]
    middle = [nn.Conv1d(widths[-1], CODE[1], 3, padding=1),
              nn.Conv1d(CODE[1], widths[-1], 3, padding=1)]  # fmt: skip
    return nn.Sequential(*down, *middle, *up)


def trained(
    kind: str,
    natives: Sequence[Array],
    *,
    steps: int,
    seed: int,
    on_step: Callable[[], None] = lambda: None,
) -> Rebuild:
    """Learn to rebuild ``natives`` (pictures uint8 or sound int16); ``kind`` names the layer."""
    torch.manual_seed(seed)
    random = np.random.default_rng(seed)
    of_sound = natives[0].ndim == 1
    network = sounds() if of_sound else pictures(kind)
    learning = torch.optim.Adam(network.parameters(), lr=2e-3)
    for _ in range(steps):
        batch = _batch(natives, of_sound=of_sound, random=random)
        lost = _lost(network(batch), batch, of_sound=of_sound)
        learning.zero_grad()
        lost.backward()  # type: ignore[no-untyped-call]
        learning.step()
        on_step()
    network.eval()
    return (lambda native: _sound(network, native)) if of_sound else (
        lambda native: _picture(network, native)
    )  # fmt: skip


def _batch(natives: Sequence[Array], *, of_sound: bool, random: np.random.Generator) -> Tensor:
    pieces = []
    side = PIECE[1 if of_sound else 2]
    for _ in range(BATCH[1 if of_sound else 2]):
        native = natives[int(random.integers(len(natives)))]
        first = [int(random.integers(max(1, size - side + 1))) for size in native.shape[:2]]
        if of_sound:
            piece = np.resize(native[first[0] : first[0] + side], side)[None]
        else:
            piece = native[first[0] : first[0] + side, first[1] : first[1] + side]
            piece = piece.transpose(2, 0, 1)
        pieces.append(np.ascontiguousarray(piece))
    return _floats(np.stack(pieces), of_sound=of_sound)


def _floats(array: Array, *, of_sound: bool) -> Tensor:
    whole = torch.from_numpy(array.astype(np.float32))
    return whole / 32768 if of_sound else whole / 127.5 - 1


def _lost(made: Tensor, meant: Tensor, *, of_sound: bool) -> Tensor:
    if not of_sound:
        return functional.l1_loss(made, meant)
    total = 10 * functional.l1_loss(made, meant)
    for length in (256, 1024):
        window = torch.hann_window(length)
        one, other = (
            torch.stft(wave[:, 0], length, length // 4, window=window, return_complex=True).abs()
            for wave in (made, meant)
        )
        total = total + functional.l1_loss((one + 1e-4).log(), (other + 1e-4).log())
    return total


def _picture(network: nn.Module, native: Array) -> Array:
    rows, columns = (size // 4 * 4 for size in native.shape[:2])
    given = np.ascontiguousarray(native[:rows, :columns].transpose(2, 0, 1))[None]
    with torch.no_grad():
        made = network(_floats(given, of_sound=False))[0].numpy()
    found: Array = np.clip(np.rint((made + 1) * 127.5), 0, 255).astype(np.uint8)
    return np.ascontiguousarray(found.transpose(1, 2, 0))


def _sound(network: nn.Module, native: Array) -> Array:
    size = native.size // 64 * 64
    with torch.no_grad():
        made = network(_floats(native[None, None, :size].copy(), of_sound=True))[0, 0].numpy()
    return np.asarray(np.round(np.clip(made, -1, 1) * 32767), dtype=np.int16)
