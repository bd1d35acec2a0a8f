"""Weights to ONNX. Runs in a child that never sees media; the only user of torch's exporter."""

from __future__ import annotations

import importlib
import tempfile
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import torch

from detectors.models.known import MODELS, Model
from detectors.models.reading import weights_of
from detectors.runtimes import onnx

OPSET = 17
TRIED = 2
"""How many inputs the two forms are compared on, together and one by one."""


def run(payload: dict[str, Any]) -> dict[str, Any]:
    """``model`` and ``weights`` (a path) in; ``onnx`` (bytes), ``difference``, versions out.

    ``difference`` is the largest seen between the network and its ONNX form on fixed noise.
    """
    model = MODELS[payload["model"]]
    weights = weights_of(Path(payload["weights"]))
    module, _, name = model.builder.partition(":")
    network = getattr(importlib.import_module(module), name)(weights)
    data = exported(network, model)
    return {
        "onnx": data,
        "difference": difference(network, data, model),
        "torch": torch.__version__,
        "opset": OPSET,
    }


def exported(network: torch.nn.Module, model: Model) -> bytes:
    """The network as ONNX with a free first axis; the same network gives the same bytes."""
    with warnings.catch_warnings(), tempfile.TemporaryDirectory() as folder:
        # The tracing exporter is the one that all of these networks pass through. Its warnings
        # are about sizes that are fixed on purpose: only the batch is free.
        warnings.simplefilter("ignore")
        path = Path(folder) / "network.onnx"
        torch.onnx.export(
            network,
            (torch.zeros(TRIED, *model.shape),),
            path,
            dynamo=False,
            opset_version=OPSET,
            input_names=[model.input],
            output_names=[model.output],
            dynamic_axes={model.input: {0: "batch"}, model.output: {0: "batch"}},
        )
        return path.read_bytes()


def difference(network: torch.nn.Module, data: bytes, model: Model) -> float:
    """Largest absolute difference between both forms, for a batch and for single inputs."""
    noise = np.random.default_rng(1).normal(0, 0.1, (TRIED, *model.shape)).astype(np.float32)
    session = onnx.session(data)
    with torch.no_grad():
        expected = network(torch.from_numpy(noise)).numpy()
    together = onnx.outputs(session, noise)
    alone = np.concatenate([onnx.outputs(session, one[None]) for one in noise])
    return float(max(np.abs(together - expected).max(), np.abs(alone - expected).max()))
