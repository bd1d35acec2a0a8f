"""The networks that this engine can build, and which weights of the catalogue each one takes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

WAVE_SAMPLES = 64_600
"""What the published speech networks were trained on: 4.04 s at 16 kHz."""


@dataclass(frozen=True, kw_only=True)
class Model:
    """``id`` is also the id of its weights among the resources.

    ``builder`` is ``module:function``: the contents of a weights file to a torch module in
    evaluation mode. ``shape`` is that of one input without the batch; ``tolerance`` the largest
    difference between the network and its ONNX form that is accepted; ``libraries`` what reading
    its weights needs besides torch. Bytes (uint8) stand for numbers ``over`` this.
    """

    id: str
    builder: str
    shape: tuple[int, ...] = (WAVE_SAMPLES,)
    input: str = "wave"
    output: str = "logits"
    tolerance: float = 1e-4
    libraries: tuple[str, ...] = ()
    over: float = 1.0

    def prepared(self, stack: NDArray[Any]) -> NDArray[np.float32]:
        """A stack as the network takes it: float32, bytes divided."""
        made = np.ascontiguousarray(stack, dtype=np.float32)
        return made / np.float32(self.over) if stack.dtype == np.uint8 else made


def _face(model_id: str, builder: str) -> Model:
    """A network that takes RGB faces in [0, 1]."""
    return Model(
        id=model_id,
        builder=f"detectors.video.networks.mesonet:{builder}",
        shape=(256, 256, 3),
        input="faces",
        output="untouched",
        libraries=("h5py",),
        over=255.0,
    )


MODELS = {
    model.id: model
    for model in (
        Model(id="aasist", builder="detectors.audio.networks.aasist:large"),
        Model(id="aasist-l", builder="detectors.audio.networks.aasist:light"),
        Model(id="rawgat-st", builder="detectors.audio.networks.rawgat_st:build"),
        _face("meso4-df", "meso4"),
        _face("meso4-f2f", "meso4"),
        _face("mesoinception-df", "meso_inception4"),
        _face("mesoinception-f2f", "meso_inception4"),
    )
}


def contract(model_id: str) -> Model:
    """How the network of that id is called, published or our own; raises KeyError."""
    from detectors.models.own import OWN

    return OWN[model_id].contract if model_id in OWN else MODELS[model_id]
