"""Strict reading of a card's YAML: nothing given twice, nothing left over, everything named."""

from __future__ import annotations

import re
from collections.abc import Hashable
from typing import TYPE_CHECKING, Any

import yaml

from detectors.api import CardInvalid

# libyaml where PyYAML was built with it: all cards are read in a fraction of the time
if TYPE_CHECKING:
    _Base = yaml.SafeLoader
else:
    _Base = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class Strict(_Base):
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


class Table:
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

    def table(self, key: str) -> Table:
        return Table(self.take(key), where=f"{self.where}: {key}")

    def names(self) -> list[str]:
        return sorted(self._left)

    def end(self) -> None:
        if self._left:
            names = ", ".join(sorted(self._left))
            raise CardInvalid(f"{self.where}: unknown key {names}. Remove it or correct its name.")
