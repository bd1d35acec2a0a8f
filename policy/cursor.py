"""A value of a document together with where it stands: every refusal names file and line."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from difflib import get_close_matches
from enum import StrEnum
from typing import Any, TypeVar

from policy import durations
from policy.errors import MomentRefused, PackInvalid

Path = tuple[str | int, ...]
Choice = TypeVar("Choice", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class Cursor:
    """`value` at `path` of `file`; `lines` maps paths to line numbers (empty for built data)."""

    value: Any
    path: Path
    file: str
    lines: Mapping[Path, int]

    def refusal(self, sentence: str) -> PackInvalid:
        """To be raised: file, line and place in the document before the sentence."""
        line = self.lines.get(self.path)
        where = f"{self.file}:{line}" if line else self.file
        at = ".".join(str(step) for step in self.path)
        return PackInvalid(f"{where}: {at + ': ' if at else ''}{sentence}")

    def child(self, key: str | int) -> Cursor:
        return Cursor(self.value[key], (*self.path, key), self.file, self.lines)

    def mapping(self) -> dict[str, Cursor]:
        """Any non-empty mapping."""
        if not isinstance(self.value, dict) or not self.value:
            raise self.refusal("a mapping with at least one key is needed here.")
        return {key: self.child(key) for key in self.value}

    def record(
        self, *, required: Collection[str], optional: Collection[str] = ()
    ) -> dict[str, Cursor]:
        """A mapping with exactly the keys allowed; optional keys may be absent."""
        if not isinstance(self.value, dict):
            raise self.refusal("a mapping is needed here.")
        allowed = [*required, *optional]
        for key in self.value:
            if key not in allowed:
                close = get_close_matches(key, allowed, n=1)
                hint = f"; did you mean {close[0]!r}?" if close else "."
                raise self.child(key).refusal(f"the key {key!r} is unknown here{hint}")
        missing = [key for key in required if key not in self.value]
        if missing:
            raise self.refusal(f"the key {missing[0]!r} is missing.")
        return {key: self.child(key) for key in self.value}

    def items(self) -> list[Cursor]:
        """A list with at least one entry."""
        if not isinstance(self.value, list) or not self.value:
            raise self.refusal("a list with at least one entry is needed here.")
        return [self.child(index) for index in range(len(self.value))]

    def text(self) -> str:
        if not isinstance(self.value, str) or not self.value.strip():
            raise self.refusal("text is needed here.")
        return " ".join(self.value.split())

    def identifier(self) -> str:
        """Lower case letters, digits and dashes, as in rule and pack ids."""
        value = self.text()
        if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", value):
            raise self.refusal(f"{value!r} is no id; use lower case letters, digits and dashes.")
        return value

    def integer(self) -> int:
        if not isinstance(self.value, int) or isinstance(self.value, bool):
            raise self.refusal("a whole number is needed here.")
        return self.value

    def positive(self) -> int:
        value = self.integer()
        if value < 1:
            raise self.refusal("a number of at least 1 is needed here.")
        return value

    def boolean(self) -> bool:
        if not isinstance(self.value, bool):
            raise self.refusal("true or false is needed here.")
        return self.value

    def day(self) -> date:
        """A full date; a date of month precision is refused on purpose."""
        value = self.text()
        if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", value):
            raise self.refusal(f"{value!r} is no full date; write 2026-05-19.")
        try:
            return date.fromisoformat(value)
        except ValueError:
            raise self.refusal(f"{value!r} is not in the calendar.") from None

    def moment(self) -> datetime:
        try:
            return durations.moment(self.text())
        except MomentRefused as error:
            raise self.refusal(error.sentence) from None

    def duration(self) -> durations.Duration:
        try:
            return durations.Duration.parse(self.text())
        except MomentRefused as error:
            raise self.refusal(error.sentence) from None

    def choice(self, kind: type[Choice]) -> Choice:
        """One of the values of an enumeration."""
        value = self.text()
        try:
            return kind(value)
        except ValueError:
            names = ", ".join(kind)
            raise self.refusal(f"{value!r} is not one of: {names}.") from None
