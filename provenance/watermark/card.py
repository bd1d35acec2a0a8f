"""A scheme's card: what it declares before any of its code is imported.

A YAML file with the module's name beside the module. Unknown and duplicate keys are refused.
"""

from __future__ import annotations

import re
from collections.abc import Hashable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import yaml

from provenance.watermark.api import INTERFACE
from provenance.watermark.errors import WatermarkCardInvalid

MEDIA = frozenset({"image", "video", "audio"})
_ID = re.compile(r"[a-z][a-z0-9_.-]{0,39}")
_VERSION = re.compile(r"\d+\.\d+\.\d+")
_RANGE = re.compile(r">=(\d+)\.(\d+),<(\d+)\.(\d+)")


@dataclass(frozen=True, kw_only=True)
class Card:
    """A checked card.

    ``media``: image, video, audio. ``public``: read without a key. ``embeds``: can put marks in.
    ``payload_bytes``: the length it hides (None when it hides nothing). ``algorithm``: the name of
    its soft binding in a manifest. ``resources``: ids in the ``resources.yaml`` of its package,
    such as weights. ``libraries``: import names that must be there. ``seconds``: of processor time
    for one detection.
    """

    id: str
    title: str
    version: str
    interface: str
    media: tuple[str, ...]
    public: bool
    embeds: bool
    payload_bytes: int | None
    algorithm: str | None
    resources: tuple[str, ...]
    libraries: tuple[str, ...]
    seconds: int
    licence: str
    citations: tuple[str, ...]
    limits: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """JSON-plain."""
        return asdict(self)


class _Strict(yaml.SafeLoader):
    """SafeLoader that refuses a key given twice."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:  # noqa: FBT001, FBT002
        keys = [self.construct_object(key, deep=True) for key, _ in node.value]
        if twice := {key for key in keys if keys.count(key) > 1}:
            raise yaml.constructor.ConstructorError(
                None, None, f"given twice: {', '.join(map(str, twice))}", node.start_mark
            )
        return super().construct_mapping(node, deep=deep)


def load(path: Path) -> Card:
    """Read and check a card. Raises WatermarkCardInvalid with the file and the key."""
    try:
        data = yaml.load(path.read_text(encoding="utf-8"), Loader=_Strict)  # noqa: S506
    except FileNotFoundError:
        raise WatermarkCardInvalid(f"The card {path} is missing beside the module.") from None
    except (OSError, yaml.YAMLError, UnicodeDecodeError) as error:
        raise WatermarkCardInvalid(f"{path} is not a readable YAML file: {error}") from error
    return parse(data, where=str(path))


def parse(data: object, *, where: str) -> Card:
    """Check a card that is already read; ``where`` names it in errors."""
    table = _Table(data, where=where)
    card = Card(
        id=table.text("id", _ID),
        title=table.text("title"),
        version=table.text("version", _VERSION),
        interface=table.text("interface", _RANGE),
        media=table.texts("media", at_least=1),
        public=table.flag("public"),
        embeds=table.flag("embeds"),
        payload_bytes=table.count("payload_bytes") if table.has("payload_bytes") else None,
        algorithm=table.text("algorithm") if table.has("algorithm") else None,
        resources=table.texts("resources") if table.has("resources") else (),
        libraries=table.texts("libraries"),
        seconds=table.count("seconds"),
        licence=table.text("licence"),
        citations=table.texts("citations", at_least=1),
        limits=table.texts("limits", at_least=1),
    )
    table.end()
    _fits(card, where=where)
    return card


def _fits(card: Card, *, where: str) -> None:
    if odd := sorted(set(card.media) - MEDIA):
        raise WatermarkCardInvalid(f"{where}: unknown media {', '.join(odd)}.")
    if card.embeds and card.payload_bytes is None:
        raise WatermarkCardInvalid(f"{where}: a scheme that embeds must say 'payload_bytes'.")
    low_major, low_minor, high_major, high_minor = (
        int(part) for part in re.findall(r"\d+", card.interface)
    )
    if not (low_major, low_minor) <= INTERFACE < (high_major, high_minor):
        ours = ".".join(map(str, INTERFACE))
        raise WatermarkCardInvalid(
            f"{where}: it was written for watermark interface {card.interface}; this is {ours}. "
            "Install a version of the plugin that fits."
        )


class _Table:
    """One mapping, read key by key; what is left over at the end is an error."""

    def __init__(self, data: object, *, where: str) -> None:
        if not isinstance(data, dict) or not all(isinstance(key, str) for key in data):
            raise WatermarkCardInvalid(f"{where} must be a table of named values.")
        self._left: dict[str, Any] = dict(data)
        self._where = where

    def has(self, key: str) -> bool:
        return key in self._left

    def _take(self, key: str, *, kind: type, wanted: str) -> Any:
        if key not in self._left:
            raise WatermarkCardInvalid(f"{self._where}: the key {key!r} is missing.")
        value = self._left.pop(key)
        if type(value) is not kind:
            raise WatermarkCardInvalid(f"{self._where}: {key!r} must be {wanted}.")
        return value

    def text(self, key: str, pattern: re.Pattern[str] | None = None) -> str:
        value = " ".join(self._take(key, kind=str, wanted="text").split())
        if not value or (pattern and not pattern.fullmatch(value)):
            raise WatermarkCardInvalid(f"{self._where}: {key!r} has the wrong form: {value!r}.")
        return value

    def texts(self, key: str, *, at_least: int = 0) -> tuple[str, ...]:
        value = self._take(key, kind=list, wanted="a list of texts")
        if len(value) < at_least or not all(isinstance(item, str) for item in value):
            raise WatermarkCardInvalid(
                f"{self._where}: {key!r} must be a list of at least {at_least} texts."
            )
        return tuple(" ".join(item.split()) for item in value)

    def flag(self, key: str) -> bool:
        return bool(self._take(key, kind=bool, wanted="true or false"))

    def count(self, key: str) -> int:
        value = int(self._take(key, kind=int, wanted="a whole number"))
        if value < 1:
            raise WatermarkCardInvalid(f"{self._where}: {key!r} must be at least 1.")
        return value

    def end(self) -> None:
        if self._left:
            names = ", ".join(sorted(self._left))
            raise WatermarkCardInvalid(
                f"{self._where}: unknown key {names}. Remove it or correct its name."
            )
