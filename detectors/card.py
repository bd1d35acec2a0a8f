"""The detector card: what a plugin declares before any of its code is imported.

A card is a YAML file with the module's name beside the module (``noise.py``, ``noise.yaml``).
Unknown and duplicate keys are refused: a typing error must never become a silent default.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

import yaml

from detectors.api import INTERFACE, CardInvalid, Direction, Value
from detectors.strength import Strength, strengths
from detectors.strict import Strict, Table

NOT_CALIBRATED = "not calibrated"
ID = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)+")
VERSION = re.compile(r"\d+\.\d+\.\d+")
LEAST_RATE = 4000
E = TypeVar("E", bound=StrEnum)
INTERFACE_RANGE = re.compile(r">=(\d+)\.(\d+),<(\d+)\.(\d+)")


class Modality(StrEnum):
    """What a detector looks at. A video's sound track counts as audio too."""

    IMAGE = "image"
    VIDEO = "video"
    AUDIO = "audio"


class Subject(StrEnum):
    """The part of a file that a finding speaks about, as a person would name it."""

    PICTURE = "picture"
    FACE = "face"
    VOICE = "voice"
    VIDEO = "video"
    FILE = "file"


class Evidence(StrEnum):
    """What a finding rests on: pixels, samples and encoding; light, geometry, bodies and rooms;
    or context and contradictions with what the file says of itself."""

    DIGITAL = "digital"
    PHYSICAL = "physical"
    SEMANTIC = "semantic"


FITTING = {
    Subject.PICTURE: {Modality.IMAGE, Modality.VIDEO},
    Subject.FACE: {Modality.IMAGE, Modality.VIDEO},
    Subject.VOICE: {Modality.AUDIO, Modality.VIDEO},
    Subject.VIDEO: {Modality.VIDEO},
    Subject.FILE: set(Modality),
}
"""What a detector must look at to speak about each part."""


@dataclass(frozen=True, kw_only=True)
class FrameNeed:
    """Frames at most ``fps`` per second (0 = every frame), scaled to ``height`` pixels."""

    fps: float
    height: int
    max_seconds: float


@dataclass(frozen=True, kw_only=True)
class AudioNeed:
    """Mono sound at ``rate`` samples per second (0 = the file's own rate), of at most
    ``max_seconds`` from the start."""

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
    models: tuple[str, ...] = ()
    faces: bool = False
    landmarks: bool = False


@dataclass(frozen=True, kw_only=True)
class Runtime:
    """Python libraries that must be importable, the devices it can use, and its time budget."""

    libraries: tuple[str, ...]
    devices: tuple[str, ...]
    seconds: int


@dataclass(frozen=True, kw_only=True)
class Inference:
    """How freely the card's networks may be run elsewhere. Error rates and likelihood ratios hold
    while an output differs from the reference (onnxruntime, processor, float32) by at most
    ``tolerance``; ``precisions`` are those that parity was measured for."""

    tolerance: float
    precisions: tuple[str, ...]


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
    """A checked card. ``error_rates`` is empty exactly when the card says "not calibrated";
    ``strength`` when how well the score tells files apart was not measured."""

    id: str
    name: str
    version: str
    interface: str
    modality: Modality
    speaks_about: Subject
    evidence: Evidence
    summary: str
    needs: Needs
    runtime: Runtime
    licence: str
    citations: tuple[str, ...]
    limits: tuple[str, ...]
    score: ScoreScale
    error_rates: tuple[ErrorRate, ...]
    parameters: Mapping[str, Value]
    strength: tuple[Strength, ...] = ()
    inference: Inference | None = None

    @property
    def calibrated(self) -> bool:
        """Whether error rates were measured."""
        return bool(self.error_rates)

    @property
    def better_than_chance(self) -> bool | None:
        """Whether any measurement says so; None where there is none."""
        return any(one.proven for one in self.strength) if self.strength else None

    def to_dict(self) -> dict[str, Any]:
        """JSON-able form, shaped like the YAML file."""
        data = asdict(self)
        if not self.error_rates:
            data["error_rates"] = NOT_CALIBRATED
        return data


def load(path: Path) -> Card:
    """Read and check a card, again only after it was changed.

    Raises :class:`CardInvalid` with the file and the key.
    """
    try:
        state = path.stat()
    except OSError:
        raise CardInvalid(f"The card {path} is missing beside the detector's module.") from None
    return _load(path, state.st_mtime_ns, state.st_size)


@lru_cache(maxsize=256)
def _load(path: Path, _changed: int, _size: int) -> Card:
    try:
        data = yaml.load(path.read_text(encoding="utf-8"), Loader=Strict)  # noqa: S506
    except (OSError, yaml.YAMLError, UnicodeDecodeError) as error:
        raise CardInvalid(f"{path} is not a readable YAML file: {error}") from error
    return parse(data, where=str(path))


def parse(data: object, *, where: str) -> Card:
    """Check a card that is already read; ``where`` names it in errors."""
    table = Table(data, where=where)
    card = Card(
        id=table.text("id", pattern=ID),
        name=table.text("name"),
        version=table.text("version", pattern=VERSION),
        interface=_interface(table),
        modality=_choice(table, "modality", Modality),
        speaks_about=_choice(table, "speaks_about", Subject),
        evidence=_choice(table, "evidence", Evidence),
        summary=table.text("summary"),
        needs=_needs(table.table("needs")),
        runtime=_runtime(table.table("runtime")),
        licence=table.text("licence"),
        citations=table.texts("citations", at_least=1),
        limits=table.texts("limits", at_least=1),
        score=_score(table.table("score")),
        error_rates=_error_rates(table),
        parameters=_parameters(table.table("parameters")),
        strength=strengths(table.take("strength"), where=where) if table.has("strength") else (),
        inference=_inference(table.table("inference")) if table.has("inference") else None,
    )
    table.end()
    if card.calibrated and card.better_than_chance is False:
        raise CardInvalid(
            f"{where}: 'strength' says that it does no better than chance; then it carries no "
            f"weight, and 'error_rates' must be {NOT_CALIBRATED!r}."
        )
    if card.modality not in FITTING[card.speaks_about]:
        raise CardInvalid(
            f"{where}: a detector that looks at {card.modality} cannot speak about the "
            f"{card.speaks_about}; correct 'modality' or 'speaks_about'."
        )
    return card


def _choice(table: Table, key: str, kind: type[E]) -> E:
    value = table.text(key)
    try:
        return kind(value)
    except ValueError:
        known = ", ".join(kind)
        raise CardInvalid(f"{table.where}: {key!r} is {value!r}; it must be one of {known}.")


def _interface(table: Table) -> str:
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


def _needs(table: Table) -> Needs:
    needs = Needs(
        raw=table.flag("raw"),
        pixels=table.flag("pixels"),
        jpeg_luma=table.flag("jpeg_luma"),
        packets=table.flag("packets"),
        frames=_frames(table.table("frames")) if table.has("frames") else None,
        audio=_audio(table.table("audio")) if table.has("audio") else None,
        resources=table.texts("resources") if table.has("resources") else (),
        models=table.texts("models") if table.has("models") else (),
        faces=table.flag("faces"),
        landmarks=table.flag("landmarks"),
    )
    table.end()
    return needs


def _frames(table: Table) -> FrameNeed:
    need = FrameNeed(
        fps=table.number("fps", least=0),
        height=int(table.number("height", least=16)),
        max_seconds=table.number("max_seconds", least=1),
    )
    table.end()
    return need


def _audio(table: Table) -> AudioNeed:
    need = AudioNeed(
        rate=int(table.number("rate", least=0)),
        max_seconds=table.number("max_seconds", least=1),
    )
    if 0 < need.rate < LEAST_RATE:
        raise CardInvalid(
            f"{table.where}: 'rate' must be 0 (the file's own) or at least {LEAST_RATE}."
        )
    table.end()
    return need


def _runtime(table: Table) -> Runtime:
    runtime = Runtime(
        libraries=table.texts("libraries"),
        devices=table.texts("devices", at_least=1),
        seconds=int(table.number("seconds", least=1)),
    )
    if unknown := set(runtime.devices) - {"cpu", "gpu"}:
        raise CardInvalid(f"{table.where}: unknown device {', '.join(sorted(unknown))}.")
    table.end()
    return runtime


PRECISIONS = ("float32", "bfloat16", "float16")


def _inference(table: Table) -> Inference:
    found = Inference(
        tolerance=table.number("tolerance", least=0),
        precisions=table.texts("precisions", at_least=1),
    )
    if unknown := set(found.precisions) - set(PRECISIONS):
        raise CardInvalid(f"{table.where}: unknown precision {', '.join(sorted(unknown))}.")
    table.end()
    return found


def _score(table: Table) -> ScoreScale:
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


def _error_rates(table: Table) -> tuple[ErrorRate, ...]:
    value = table.take("error_rates")
    if value == NOT_CALIBRATED:
        return ()
    where = f"{table.where}: error_rates"
    if not isinstance(value, list) or not value:
        raise CardInvalid(f"{where} must be {NOT_CALIBRATED!r} or a list of measured rates.")
    return tuple(_error_rate(Table(item, where=where)) for item in value)


def _error_rate(table: Table) -> ErrorRate:
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


def _parameters(table: Table) -> dict[str, Value]:
    parameters: dict[str, Value] = {}
    for key in table.names():
        value = table.take(key)
        if not isinstance(value, bool | int | float | str):
            raise CardInvalid(f"{table.where}: {key!r} must be a number, a text or true/false.")
        parameters[key] = value
    return parameters
