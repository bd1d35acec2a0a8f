"""Where a network's files are, and every way in which it could be run here."""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from detectors.api import DetectorError
from detectors.models import own, prepared
from detectors.models.known import MODELS, Model, contract
from detectors.runtimes.network import REFERENCE, Choice, Network
from foundation.errors import Refusal
from foundation.resources import Catalogue

if TYPE_CHECKING:
    from torch import nn

WAYS = ("eager", "compile", "graphs")
SHORT = 16


class NetworkMissing(DetectorError):
    """The network that a job names is not on this machine, or has other weights here."""

    code = "network-missing"


@dataclass(frozen=True, kw_only=True)
class Source:
    """A network on this machine: its contract, ``key`` (start of its weights' SHA-256), the ONNX
    file with its digest, and ``module`` that builds it in torch, where that is possible."""

    contract: Model
    key: str
    path: Path
    sha256: str
    module: Callable[[], nn.Module] | None = None
    opener: Callable[[Choice], Network] | None = None

    @property
    def name(self) -> str:
        """What jobs call it: the id and which weights."""
        return named(self.contract.id, self.key)

    def choices(self, device: str, *, precisions: tuple[str, ...] = ("float32",)) -> list[Choice]:
        """Every way to run it on a device, the plainest first."""
        found = [] if self.opener else _onnx_choices(device)
        if self.module is not None and importlib.util.find_spec("torch") is not None:
            ways = WAYS if device.startswith("cuda") else WAYS[:2]
            found += [
                Choice(runtime="torch", way=way, device=device, precision=precision)
                for precision in precisions
                for way in ways
            ]
        return found or [REFERENCE]

    def plain(self, device: str) -> Choice:
        """How it is run where nothing was measured."""
        found = self.choices(device)
        eager = [one for one in found if one.way == "eager"]
        return eager[0] if device.startswith("cuda") and eager else found[0]

    def open(self, choice: Choice) -> Network:
        """Make it ready; raises whatever the library raises."""
        if self.opener is not None:
            return self.opener(choice)
        if choice.runtime == "torch":
            from detectors.runtimes.torched import TorchNetwork

            if self.module is None:
                raise NetworkMissing(f"The network {self.contract.id} is known here as ONNX only.")
            return TorchNetwork(self.module(), contract=self.contract, choice=choice)
        from detectors.runtimes.onnx import OnnxNetwork

        return OnnxNetwork(self.path, contract=self.contract, choice=choice)


_extra: dict[str, Source] = {}


@contextmanager
def registered(*sources: Source) -> Iterator[None]:
    """Further networks for a while: for measurements and tests."""
    _extra.update({source.name: source for source in sources})
    try:
        yield
    finally:
        for source in sources:
            _extra.pop(source.name, None)


def named(model_id: str, key: str) -> str:
    """The name under which jobs ask for a network with exactly these weights."""
    return f"{model_id}@{key[:SHORT]}"


def name_here(model_id: str) -> str:
    """What jobs call the network of that id with the weights of this machine, which are not opened.

    Raises :class:`NetworkMissing`.
    """
    if model_id in own.OWN:
        found = own.found(model_id)
        if found is None:
            raise NetworkMissing(own.missing(model_id))
        return named(model_id, found.sha256)
    for source in _extra.values():
        if source.contract.id == model_id:
            return source.name
    if model_id not in MODELS:
        raise NetworkMissing(f"No network is called {model_id!r}.")
    return named(model_id, Catalogue.load("detectors").get(model_id).sha256)


def source_of(name: str) -> Source:
    """The network that a job names. Raises :class:`NetworkMissing`."""
    if name in _extra:
        return _extra[name]
    model_id, _, key = name.partition("@")
    source = _own(model_id) if model_id in own.OWN else _published(model_id)
    if key and source.key != key:
        raise NetworkMissing(
            f"The network {model_id} has other weights on this machine ({source.key}) than the job "
            f"was made for ({key}). Give all machines the same."
        )
    return source


def names_here() -> list[str]:
    """Every network that can be run on this machine as it is; nothing is prepared for it."""
    found = list(_extra)
    found += [name_here(model_id) for model_id in MODELS if prepared.ready(model_id) is not None]
    found += [name_here(model_id) for model_id in own.OWN if own.found(model_id) is not None]
    return found


def _own(model_id: str) -> Source:
    found = own.found(model_id)
    if found is None:
        raise NetworkMissing(own.missing(model_id))
    return Source(
        contract=contract(model_id), key=found.sha256[:SHORT], path=found.path, sha256=found.sha256
    )


def _published(model_id: str) -> Source:
    try:
        found = prepared.ready(model_id) or prepared.prepare(model_id)
        entry = Catalogue.load("detectors").get(model_id)
    except Refusal as refusal:
        raise NetworkMissing(refusal.sentence) from refusal
    return Source(
        contract=found.model,
        key=entry.sha256[:SHORT],
        path=found.path,
        sha256=found.sha256,
        module=_builder(found.model),
    )


def _builder(model: Model) -> Callable[[], nn.Module] | None:
    """Builds the network in torch from its weights, where everything for that is here."""
    needed = ("torch", *model.libraries)
    if any(importlib.util.find_spec(name) is None for name in needed):
        return None
    try:
        weights = Catalogue.load("detectors").path(model.id)
    except Refusal:
        return None

    def build() -> nn.Module:
        from detectors.models.reading import weights_of

        module, _, name = model.builder.partition(":")
        make: Any = getattr(importlib.import_module(module), name)
        network: nn.Module = make(weights_of(weights))
        return network

    return build


def _onnx_choices(device: str) -> list[Choice]:
    if device == "cpu":
        return [REFERENCE]
    from detectors.runtimes.onnx import providers

    wanted = ("CUDAExecutionProvider", "TensorrtExecutionProvider")
    here = providers()
    return [
        Choice(runtime="onnxruntime", way=name, device=device) for name in wanted if name in here
    ]
