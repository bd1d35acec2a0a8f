"""The networks that this engine can build, and which weights of the catalogue each one takes."""

from __future__ import annotations

from dataclasses import dataclass

WAVE_SAMPLES = 64_600
"""What the published speech networks were trained on: 4.04 s at 16 kHz."""


@dataclass(frozen=True, kw_only=True)
class Model:
    """``id`` is also the id of its weights among the resources.

    ``builder`` is ``module:function``: the contents of a weights file to a torch module in
    evaluation mode. ``shape`` is that of one input without the batch; ``tolerance`` the largest
    difference between the network and its ONNX form that is accepted; ``libraries`` what reading
    its weights needs besides torch.
    """

    id: str
    builder: str
    shape: tuple[int, ...] = (WAVE_SAMPLES,)
    input: str = "wave"
    output: str = "logits"
    tolerance: float = 1e-4
    libraries: tuple[str, ...] = ()


def _face(model_id: str, builder: str) -> Model:
    """A network that takes RGB faces in [0, 1]."""
    return Model(
        id=model_id,
        builder=f"detectors.video.networks.mesonet:{builder}",
        shape=(256, 256, 3),
        input="faces",
        output="untouched",
        libraries=("h5py",),
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
