"""Every way of running a network gives the same numbers, and the fastest near one is chosen."""

# ruff: noqa: E402 (what follows needs torch)

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="Running networks by torch needs torch.")
pytest.importorskip("onnx", reason="Making a small network needs onnx.")

from detectors.calibration.apply import fits
from detectors.models.export import exported
from detectors.models.known import Model
from detectors.runtimes import parity, records, sources
from detectors.runtimes.devices import DeviceMissing, memory_of, name_of, pick
from detectors.runtimes.network import REFERENCE, Choice
from detectors.runtimes.sources import NetworkMissing, Source, name_here, registered, source_of
from detectors.runtimes.tuning import tune
from detectors.runtimes.warm import WarmNetworks

CONTRACT = Model(id="small", builder="none:none", shape=(16, 16, 3), tolerance=1e-4, over=255.0)
EAGER = Choice(runtime="torch", way="eager", device="cpu")
no_gpu = pytest.mark.skipif(not torch.cuda.is_available(), reason="no GPU here")


def small() -> Any:
    """Convolution, normalisation, pooling, two logits; always the same."""
    torch.manual_seed(3)

    class Small(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.first = torch.nn.Conv2d(3, 8, 3, padding=1)
            self.norm = torch.nn.BatchNorm2d(8)
            self.last = torch.nn.Linear(8, 2)

        def forward(self, x: Any) -> Any:
            x = torch.relu(self.norm(self.first(x.permute(0, 3, 1, 2))))
            return self.last(x.mean(dim=(2, 3)))

    return Small().eval()


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Source:
    path = tmp_path_factory.mktemp("network") / "small.onnx"
    path.write_bytes(exported(small(), CONTRACT))
    return Source(contract=CONTRACT, key="a" * 16, path=path, sha256="a" * 64, module=small)


@pytest.fixture(autouse=True)
def at_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, source: Source) -> Iterator[Path]:
    monkeypatch.setenv("PROBITY_HOME", str(tmp_path))
    with registered(source):
        yield tmp_path


@pytest.fixture
def faces() -> Any:
    return np.random.default_rng(1).integers(0, 255, (13, 16, 16, 3), dtype=np.uint8)


@pytest.mark.parametrize("choice", [REFERENCE, EAGER], ids=lambda one: one.runtime)
def test_one_of_many_is_one_alone(source: Source, faces: Any, choice: Choice) -> None:
    network = source.open(choice)
    together = network.run(faces, batch=13)
    assert together.shape == (13, 2)
    assert together.dtype == np.float32
    for batch in (1, 4, 5):
        assert np.abs(network.run(faces, batch=batch) - together).max() < 1e-5
    network.close()
    with pytest.raises(RuntimeError, match="closed"):
        network.run(faces, batch=4)


def test_both_libraries_agree(source: Source, faces: Any) -> None:
    expected = source.open(REFERENCE).run(faces, batch=4)
    assert np.abs(source.open(EAGER).run(faces, batch=4) - expected).max() < CONTRACT.tolerance
    assert parity.difference(source, source.open(REFERENCE)) == 0
    assert 0 <= parity.difference(source, source.open(EAGER)) < CONTRACT.tolerance


@pytest.mark.gpu
@no_gpu
@pytest.mark.parametrize("way", ["eager", "compile", "graphs"])
def test_a_card_agrees_with_the_processor(source: Source, faces: Any, way: str) -> None:
    expected = source.open(REFERENCE).run(faces, batch=4)
    network = source.open(Choice(runtime="torch", way=way, device="cuda:0"))
    for batch in (1, 4, 13):
        assert np.abs(network.run(faces, batch=batch) - expected).max() < CONTRACT.tolerance
    network.close()


@pytest.mark.gpu
@no_gpu
@pytest.mark.parametrize("precision", ["bfloat16", "float16"])
def test_half_precision_is_near_and_is_measured(source: Source, precision: str) -> None:
    choice = Choice(runtime="torch", way="eager", device="cuda:0", precision=precision)
    assert 0 < parity.difference(source, source.open(choice)) < 0.1


@pytest.mark.gpu
@no_gpu
def test_memory_of_a_card_that_runs_out_is_told_as_such(source: Source) -> None:
    from detectors.runtimes.network import OutOfMemory
    from detectors.runtimes.torched import told_errors

    with pytest.raises(OutOfMemory), told_errors():
        torch.empty(1 << 46, dtype=torch.uint8, device="cuda:0")


def test_tuning_keeps_what_it_measured(source: Source, at_home: Path) -> None:
    told: list[Any] = []
    record = tune(
        source, device="cpu", seconds=0.01, batches=(1, 4), tell=told.append,
        ways=("CPUExecutionProvider", "eager"),
    )  # fmt: skip
    assert len(record.rows) == len(told) == 4
    assert record.choice in (REFERENCE, EAGER)
    assert record.difference <= CONTRACT.tolerance
    assert record.device_name == name_of("cpu")
    assert records.known(source, device="cpu") == record
    assert records.remember_most(source, 2, device="cpu").size == min(2, record.batch)
    assert records.remember_most(source, 3, device="cpu").most == 2, "never grows again"


def test_what_strays_too_far_is_never_chosen(source: Source) -> None:
    strict = replace(source, contract=replace(CONTRACT, id="strict", tolerance=0.0))
    with registered(strict):
        record = tune(
            strict, device="cpu", seconds=0.01, batches=(1,), ways=("CPUExecutionProvider", "eager")
        )
    assert record.choice == REFERENCE


def test_a_way_that_strays_is_replaced_by_the_reference_when_it_is_opened(source: Source) -> None:
    odd = replace(source, contract=replace(CONTRACT, id="odd"), module=_other)
    with registered(odd):
        plain = records.plain(odd, device="cpu")
        records.keep(replace(plain, choice=EAGER), device="cpu")
        warm = WarmNetworks(device="cpu", budget=10**9).get(odd.name)
    assert warm.network.choice == REFERENCE
    assert warm.difference == 0


def _other() -> Any:
    network = small()
    with torch.no_grad():
        network.last.bias += 1
    return network


def test_a_broken_record_counts_as_none(source: Source, at_home: Path) -> None:
    path = records.keep(records.plain(source, device="cpu"), device="cpu")
    path.write_text('{"choice": 3}', encoding="utf-8")
    assert records.known(source, device="cpu") == records.plain(source, device="cpu")


def test_devices_have_names_and_wrong_ones_a_sentence() -> None:
    assert pick("cpu") == "cpu"
    assert name_of("cpu")
    used, total = memory_of("cpu")
    assert 0 < used < total
    with pytest.raises(DeviceMissing, match="no device"):
        pick("tpu")
    with pytest.raises(DeviceMissing, match="cuda:99"):
        pick("cuda:99")


def test_other_weights_are_not_run(source: Source, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sources, "_published", lambda _model_id: source)
    with pytest.raises(NetworkMissing, match=f"has other weights .*{source.key}"):
        source_of("aasist-l@" + "f" * 16)
    assert source_of(f"aasist-l@{source.key}") is source


def test_without_weights_nothing_is_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PROBITY_RESOURCES_MIRROR", raising=False)
    with pytest.raises(NetworkMissing, match="aasist-l"):
        source_of("aasist-l@" + "f" * 16)
    with pytest.raises(NetworkMissing, match="No network is called"):
        name_here("nobody")


def test_memory_that_torch_lacks_is_told_as_such() -> None:
    from detectors.runtimes.network import DeviceLost, OutOfMemory
    from detectors.runtimes.torched import told_errors

    for error, meant in (
        (torch.OutOfMemoryError("CUDA out of memory"), OutOfMemory),
        (RuntimeError("[enforce fail] DefaultCPUAllocator: can't allocate memory"), OutOfMemory),
        (RuntimeError("CUDA error: unspecified launch failure"), DeviceLost),
        (RuntimeError("shapes cannot be multiplied"), RuntimeError),
    ):
        with pytest.raises(meant) as caught, told_errors():
            raise error
        assert type(caught.value) is meant


def test_a_calibration_does_not_hold_beyond_the_tolerance() -> None:
    from types import SimpleNamespace

    calibration: Any = SimpleNamespace(parameters={"a": 1})

    def finding(difference: float) -> Any:
        told = {"net": {"difference": difference, "tolerance": 0.01}}
        return SimpleNamespace(parameters={"a": 1}, details={"inference": told})

    assert fits(calibration, finding(0.01))
    assert not fits(calibration, finding(0.02))
