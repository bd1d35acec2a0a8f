"""Reading a file of weights, by its kind. Runs in the child that never sees media."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import torch


def weights_of(path: Path) -> Any:
    """What a builder takes: torch's state of a ``.pth``, or {name: array} of a Keras ``.h5``."""
    if path.suffix == ".h5":
        return _keras(path)
    return torch.load(path, weights_only=True, map_location="cpu")


def _keras(path: Path) -> dict[str, np.ndarray[Any, np.dtype[np.float32]]]:
    import h5py

    found: dict[str, np.ndarray[Any, np.dtype[np.float32]]] = {}

    def keep(name: str, item: object) -> None:
        if isinstance(item, h5py.Dataset):
            found[name] = np.asarray(item, dtype=np.float32)

    with h5py.File(path, "r") as file:
        file.visititems(keep)
    return found
