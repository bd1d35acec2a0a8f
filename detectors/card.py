"""The detector card: what a plugin declares before any of its code is imported.

A card is a YAML file with the module's name beside the module (``noise.py``, ``noise.yaml``).
Unknown and duplicate keys are refused: a typing error must never become a silent default.
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, TypeVar

import yaml

from detectors.api import INTERFACE, CardInvalid, Direction, Value

NOT_CALIBRATED = "not calibrated"
ID = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)+")
VERSION = re.compile(r"\d+\.\d+\.\d+")
E = TypeVar("E", bound=StrEnum)
INTERFACE_RANGE = re.compile(r">=(\d+)\.(\d+),<(\d+)\.(\d+)")


class Modality(StrEnum):
    """What a detector looks at. A video's sound track counts as audio too."""

    IMAGE = "image"
    VIDEO = "video"
    AUDIO = "audio"


@dataclass(frozen=True, kw_only=True)
class FrameNeed:
    """Frames at most ``fps`` per second (0 = every frame), scaled to ``height`` pixels."""

    fps: float
    height: int
    max_seconds: float


@dataclass(frozen=True, kw_only=True)
class AudioNeed:
    """Mono sound at ``rate`` samples per second."""

    rate: int
    max_seconds: float


@dataclass(frozen=True, kw_only=True)
class Needs:
    """What a sample must be able to give; drives what is decoded."""

    raw: bool = False
    pixels: bool = False
    jpeg_luma: bool = False
    packets: bool = False
    frames: FrameNeed | None = None
    audio: AudioNeed | None = None
    resources: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Runtime:
    """Python libraries that must be importable, the devices it can use, and its time budget."""

    libraries: tuple[str, ...]
    devices: tuple[str, ...]
    seconds: int


@dataclass(frozen=True, kw_only=True)
class ScoreScale:
    """Range and direction of the raw score, and in words what it counts."""

    low: float
    high: float
    direction: Direction
    meaning: str


@dataclass(frozen=True, kw_only=True)
class ErrorRate:
    """One measured error rate, and the command of this repository that measured it."""

    condition: str
    measure: str
    value: float
    low: float
    high: float
    n: int
    command: str


@dataclass(frozen=True, kw_only=True)
class Card:
    """A checked card. ``error_rates`` is empty exactly when the card says "not calibrated"."""

    id: str
    name: str
    version: str
    interface: str
    modality: Modality
    summary: str
    needs: Needs
    runtime: Runtime
    licence: str
    citations: tuple[str, ...]
    limits: tuple[str, ...]
    score: ScoreScale
    error_rates: tuple[ErrorRate, ...]
    parameters: Mapping[str, Value]

    @property
    def calibrated(self) -> bool:
        """Whether error rates were measured."""
        return bool(self.error_rates)

    def to_dict(self) -> dict[str, Any]:
        """JSON-able form, shaped like the YAML file."""
        data = asdict(self)
        if not self.error_rates:
            data["error_rates"] = NOT_CALIBRATED
        return data


class _Strict(yaml.SafeLoader):
    """SafeLoader that refuses a key given twice."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:  # noqa: FBT001, FBT002
        seen: set[Any] = set()
        for key_node, _ in node.value:
            key = self.construct_object(key_node, deep=True)
            if key in seen:
                raise yaml.constructor.ConstructorError(
                    None, None, f"the key {key!r} is given twice", key_node.start_mark
                )
            seen.add(key)
        return super().construct_mapping(node, deep=deep)


class _Table:
    """One mapping of the file, read key by key; what is left over at the end is an error."""

    def __init__(self, data: object, *, where: str) -> None:
        if not isinstance(data, dict) or not all(isinstance(key, str) for key in data):
            raise CardInvalid(f"{where} must be a table of named values.")
        self._left: dict[str, Any] = dict(data)
        self.where = where

    def has(self, key: str) -> bool:
        return key in self._left

    def take(self, key: str) -> Any:
        if key not in self._left:
            raise CardInvalid(f"{self.where}: the key {key!r} is missing.")
        return self._left.pop(key)

    def text(self, key: str, *, pattern: re.Pattern[str] | None = None) -> str:
        value = self.take(key)
        if not isinstance(value, str) or not value.strip():
            raise CardInvalid(f"{self.where}: {key!r} must be text.")
        value = " ".join(value.split())
        if pattern and not pattern.fullmatch(value):
            raise CardInvalid(f"{self.where}: {key!r} has the wrong form: {value!r}.")
        return value

    def texts(self, key: str, *, at_least: int = 0) -> tuple[str, ...]:
        value = self.take(key)
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise CardInvalid(f"{self.where}: {key!r} must be a list of texts.")
        if len(value) < at_least:
            raise CardInvalid(f"{self.where}: {key!r} must name at least {at_least}.")
        return tuple(" ".join(item.split()) for item in value)

    def number(self, key: str, *, least: float | None = None) -> float:
        value = self.take(key)
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise CardInvalid(f"{self.where}: {key!r} must be a number.")
        if least is not None and value < least:
            raise CardInvalid(f"{self.where}: {key!r} must be at least {least:g}.")
        return float(value)

    def flag(self, key: str) -> bool:
        if not self.has(key):
            return False
        value = self.take(key)
        if not isinstance(value, bool):
            raise CardInvalid(f"{self.where}: {key!r} must be true or false.")
        return value

    def table(self, key: str) -> _Table:
        return _Table(self.take(key), where=f"{self.where}: {key}")

    def names(self) -> list[str]:
        return sorted(self._left)

    def end(self) -> None:
        if self._left:
            names = ", ".join(sorted(self._left))
            raise CardInvalid(f"{self.where}: unknown key {names}. Remove it or correct its name.")


def load(path: Path) -> Card:
    """Read and check a card. Raises :class:`CardInvalid` with the file and the key."""
    try:
        data = yaml.load(path.read_text(encoding="utf-8"), Loader=_Strict)  # noqa: S506
    except FileNotFoundError:
        raise CardInvalid(f"The card {path} is missing beside the detector's module.") from None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise CardInvalid(f"{path} is not a readable YAML file: {error}") from error
    return parse(data, where=str(path))


def parse(data: object, *, where: str) -> Card:
    """Check a card that is already read; ``where`` names it in errors."""
    table = _Table(data, where=where)
    card = Card(
        id=table.text("id", pattern=ID),
        name=table.text("name"),
        version=table.text("version", pattern=VERSION),
        interface=_interface(table),
        modality=_choice(table, "modality", Modality),
        summary=table.text("summary"),
        needs=_needs(table.table("needs")),
        runtime=_runtime(table.table("runtime")),
        licence=table.text("licence"),
        citations=table.texts("citations", at_least=1),
        limits=table.texts("limits", at_least=1),
        score=_score(table.table("score")),
        error_rates=_error_rates(table),
        parameters=_parameters(table.table("parameters")),
    )
    table.end()
    return card


def _choice(table: _Table, key: str, kind: type[E]) -> E:
    value = table.text(key)
    try:
        return kind(value)
    except ValueError:
        known = ", ".join(kind)
        raise CardInvalid(f"{table.where}: {key!r} is {value!r}; it must be one of {known}.")


def _interface(table: _Table) -> str:
    text = table.text("interface", pattern=INTERFACE_RANGE)
    match = INTERFACE_RANGE.fullmatch(text)
    numbers = [int(part) for part in match.groups()] if match else [0, 0, 0, 0]
    if not (numbers[0], numbers[1]) <= INTERFACE < (numbers[2], numbers[3]):
        ours = ".".join(str(part) for part in INTERFACE)
        raise CardInvalid(
            f"{table.where}: it was written for detector interface {text}; this is {ours}. "
            "Install a version of the plugin that fits."
        )
    return text


def _needs(table: _Table) -> Needs:
    needs = Needs(
        raw=table.flag("raw"),
        pixels=table.flag("pixels"),
        jpeg_luma=table.flag("jpeg_luma"),
        packets=table.flag("packets"),
        frames=_frames(table.table("frames")) if table.has("frames") else None,
        audio=_audio(table.table("audio")) if table.has("audio") else None,
        resources=table.texts("resources") if table.has("resources") else (),
    )
    table.end()
    return needs


def _frames(table: _Table) -> FrameNeed:
    need = FrameNeed(
        fps=table.number("fps", least=0),
        height=int(table.number("height", least=16)),
        max_seconds=table.number("max_seconds", least=1),
    )
    table.end()
    return need


def _audio(table: _Table) -> AudioNeed:
    need = AudioNeed(
        rate=int(table.number("rate", least=4000)),
        max_seconds=table.number("max_seconds", least=1),
    )
    table.end()
    return need


def _runtime(table: _Table) -> Runtime:
    runtime = Runtime(
        libraries=table.texts("libraries"),
        devices=table.texts("devices", at_least=1),
        seconds=int(table.number("seconds", least=1)),
    )
    if unknown := set(runtime.devices) - {"cpu", "gpu"}:
        raise CardInvalid(f"{table.where}: unknown device {', '.join(sorted(unknown))}.")
    table.end()
    return runtime


def _score(table: _Table) -> ScoreScale:
    scale = ScoreScale(
        low=table.number("low"),
        high=table.number("high"),
        direction=_choice(table, "direction", Direction),
        meaning=table.text("meaning"),
    )
    if scale.low >= scale.high:
        raise CardInvalid(f"{table.where}: 'low' must be below 'high'.")
    table.end()
    return scale


def _error_rates(table: _Table) -> tuple[ErrorRate, ...]:
    value = table.take("error_rates")
    if value == NOT_CALIBRATED:
        return ()
    where = f"{table.where}: error_rates"
    if not isinstance(value, list) or not value:
        raise CardInvalid(f"{where} must be {NOT_CALIBRATED!r} or a list of measured rates.")
    return tuple(_error_rate(_Table(item, where=where)) for item in value)


def _error_rate(table: _Table) -> ErrorRate:
    rate = ErrorRate(
        condition=table.text("condition"),
        measure=table.text("measure"),
        value=table.number("value", least=0),
        low=table.number("low", least=0),
        high=table.number("high", least=0),
        n=int(table.number("n", least=1)),
        command=table.text("command"),
    )
    table.end()
    if not rate.low <= rate.value <= rate.high <= 1:
        raise CardInvalid(f"{table.where}: low <= value <= high <= 1 does not hold.")
    return rate


def _parameters(table: _Table) -> dict[str, Value]:
    parameters: dict[str, Value] = {}
    for key in table.names():
        value = table.take(key)
        if not isinstance(value, bool | int | float | str):
            raise CardInvalid(f"{table.where}: {key!r} must be a number, a text or true/false.")
        parameters[key] = value
    return parameters
