"""The networks written from the paper compute what the published ones compute."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from detectors.runtimes import onnx

torch = pytest.importorskip("torch", reason="Preparing networks needs torch.")
pytest.importorskip("h5py", reason="Reading the published weights needs h5py.")

FILES = ("Meso4_DF", "Meso4_F2F", "MesoInception_DF", "MesoInception_F2F")


@pytest.mark.parametrize("name", FILES)
def test_parity_with_the_reference(name: str, shared: Path) -> None:
    from detectors.models.export import exported
    from detectors.models.known import MODELS
    from detectors.models.reading import weights_of
    from detectors.video.networks import mesonet

    build = mesonet.meso4 if name.startswith("Meso4") else mesonet.meso_inception4
    net = build(weights_of(shared / f"models/mesonet/{name}.h5"))
    faces = np.random.default_rng(4).random((3, 256, 256, 3), dtype=np.float32)
    model = MODELS[name.lower().replace("_", "-")]
    ours = onnx.outputs(onnx.session(exported(net, model)), faces)
    reference = onnx.session(shared / f"models/reference-onnx/{name}.onnx")
    assert np.abs(ours - onnx.outputs(reference, faces)).max() < 1e-5
    assert ours.shape == (3, 1)


def test_the_weights_of_another_network_are_refused(shared: Path) -> None:
    from detectors.models.reading import weights_of
    from detectors.video.networks import mesonet

    weights = weights_of(shared / "models/mesonet/Meso4_DF.h5")
    with pytest.raises(ValueError, match="another network"):
        mesonet.meso_inception4(weights)
