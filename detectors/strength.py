"""How well a detector's score told two kinds of file apart, as its card states it.

This is no error rate: it says whether the score ranks altered files above genuine ones. A cue
that does no better than chance, or than what the set gives away by itself, says so and may not
bring a likelihood ratio of its own.
"""

from __future__ import annotations

from dataclasses import dataclass

from detectors.api import CardInvalid
from detectors.strict import Table

CHANCE = 0.5


@dataclass(frozen=True, kw_only=True)
class Strength:
    """One measurement: area under the ROC curve with its 95 % interval, on ``set``; numbers of
    files, how many of them it did not judge, and the command that measured it. ``leak`` is the AUC
    of whatever tells the set's classes apart best without looking at the media."""

    set: str
    auc: float
    low: float
    high: float
    real: int
    fake: int
    abstained: int
    leak: float
    command: str

    @property
    def proven(self) -> bool:
        """Whether it is better than chance, and than the strongest leak."""
        return self.low > CHANCE and self.auc > self.leak

    @property
    def sentence(self) -> str:
        """For people."""
        words = (
            f"{self.set}: AUC {self.auc:.2f} (95 % interval {self.low:.2f} to {self.high:.2f}), "
            f"{self.real} genuine and {self.fake} altered files, {self.abstained} not judged"
        )
        if self.low <= CHANCE:
            return f"{words}. That is no better than chance"
        if self.auc <= self.leak:
            return f"{words}. What the set gives away by itself does as well (AUC {self.leak:.2f})"
        return words


def strengths(value: object, *, where: str) -> tuple[Strength, ...]:
    """The block ``strength`` of a card. Raises CardInvalid."""
    where = f"{where}: strength"
    if not isinstance(value, list) or not value:
        raise CardInvalid(f"{where} must be a list of measurements, or left out.")
    return tuple(_one(Table(item, where=where)) for item in value)


def _one(table: Table) -> Strength:
    found = Strength(
        set=table.text("set"),
        auc=table.number("auc", least=0),
        low=table.number("low", least=0),
        high=table.number("high", least=0),
        real=int(table.number("real", least=1)),
        fake=int(table.number("fake", least=1)),
        abstained=int(table.number("abstained", least=0)),
        leak=table.number("leak", least=CHANCE) if table.has("leak") else CHANCE,
        command=table.text("command"),
    )
    table.end()
    if not found.low <= found.auc <= found.high <= 1:
        raise CardInvalid(f"{table.where}: low <= auc <= high <= 1 does not hold.")
    return found
