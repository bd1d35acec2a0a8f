"""The networks that the benchmark of workers runs, with random weights: speed needs no others."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import torch
from torch import Tensor, nn

from detectors.audio.networks.aasist import LIGHT, Aasist
from detectors.models.export import exported
from detectors.models.known import MODELS, Model
from detectors.runtimes.sources import SHORT, Source
from detectors.video.networks.mesonet import Convolution, Inception, MesoNet

DEPTHS = (3, 4, 6, 3)
WIDTHS = (64, 128, 256, 512)
WIDER = 4


class Bottleneck(nn.Module):
    """Narrow, look around, widen, and add what came in."""

    def __init__(self, inputs: int, width: int, *, stride: int) -> None:
        super().__init__()
        outputs = WIDER * width
        self.path = nn.Sequential(
            nn.Conv2d(inputs, width, 1, bias=False), nn.BatchNorm2d(width), nn.ReLU(),
            nn.Conv2d(width, width, 3, stride=stride, padding=1, bias=False),
            nn.BatchNorm2d(width), nn.ReLU(),
            nn.Conv2d(width, outputs, 1, bias=False), nn.BatchNorm2d(outputs),
        )  # fmt: skip
        same = inputs == outputs and stride == 1
        self.skip = nn.Identity() if same else nn.Sequential(
            nn.Conv2d(inputs, outputs, 1, stride=stride, bias=False), nn.BatchNorm2d(outputs)
        )  # fmt: skip

    def forward(self, x: Tensor) -> Tensor:
        return torch.relu(self.path(x) + self.skip(x))


class Fifty(nn.Module):
    """Fifty layers, as large as ResNet-50 (K. He et al., CVPR 2016): RGB in [0, 1], channels last,
    224 pixels a side, to two logits."""

    def __init__(self) -> None:
        super().__init__()
        self.stem = nn.Sequential(
            nn.Conv2d(3, 64, 7, stride=2, padding=3, bias=False), nn.BatchNorm2d(64), nn.ReLU(),
            nn.MaxPool2d(3, stride=2, padding=1),
        )  # fmt: skip
        stages: list[nn.Module] = []
        inputs = 64
        for place, (depth, width) in enumerate(zip(DEPTHS, WIDTHS, strict=True)):
            for number in range(depth):
                stride = 2 if place and not number else 1
                stages.append(Bottleneck(inputs, width, stride=stride))
                inputs = WIDER * width
        self.stages = nn.Sequential(*stages)
        self.last = nn.Linear(inputs, 2)

    def forward(self, faces: Tensor) -> Tensor:
        x = self.stages(self.stem(faces.permute(0, 3, 1, 2)))
        logits: Tensor = self.last(x.mean(dim=(2, 3)))
        return logits


def _meso() -> nn.Module:
    steps: list[Inception | Convolution] = [
        Inception(3, (1, 4, 4, 2)), Inception(11, (2, 4, 4, 2)),
        Convolution(12, 16, 5), Convolution(16, 16, 5),
    ]  # fmt: skip
    return MesoNet(steps, (11, 12, 16, 16))


FIFTY = Model(
    id="fifty-layers", builder="benchmarks.networks:Fifty", shape=(224, 224, 3), input="faces",
    tolerance=1e-3, over=255.0,
)  # fmt: skip


@dataclass(frozen=True)
class Kind:
    """A network, and how many items a job usually brings for it."""

    title: str
    contract: Model
    build: Callable[[], nn.Module]
    items: int


KINDS = (
    Kind("AASIST-L", MODELS["aasist-l"], lambda: Aasist(LIGHT), 4),
    Kind("MesoInception-4", MODELS["mesoinception-df"], _meso, 8),
    Kind("fifty layers (the size of ResNet-50)", FIFTY, Fifty, 4),
)


def source_of(kind: Kind, *, folder: Path) -> Source:
    """The network with fixed random weights, exported; its name is the benchmark's own."""

    def build() -> nn.Module:
        torch.manual_seed(7)
        return kind.build().eval()

    contract = replace(kind.contract, id=f"bench-{kind.contract.id}")
    data = exported(build(), contract)
    path = folder / f"{contract.id}.onnx"
    path.write_bytes(data)
    sha256 = hashlib.sha256(data).hexdigest()
    return Source(contract=contract, key=sha256[:SHORT], path=path, sha256=sha256, module=build)
