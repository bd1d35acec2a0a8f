"""How unusual a number of blinks is, against published rates of people."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

GRID = np.linspace(-3.5, 3.5, 141)
WEIGHT = np.exp(-(GRID**2) / 2) / np.exp(-(GRID**2) / 2).sum()


@dataclass(frozen=True, kw_only=True)
class Published:
    """Blinks a minute: the range that holds 95 % of people, taken as log-normal among them."""

    low: float
    high: float

    @property
    def rates(self) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
        """The rates of people at each point of the grid, per minute."""
        middle = (np.log(self.low) + np.log(self.high)) / 2
        spread = (np.log(self.high) - np.log(self.low)) / (2 * 1.959964)
        found: np.ndarray[tuple[int], np.dtype[np.float64]] = np.exp(middle + spread * GRID)
        return found

    def at_most(self, count: int, *, seconds: float) -> float:
        """Chance that such a person blinks at most ``count`` times in ``seconds``.

        Counts of one person are taken as Poisson; people differ, so the chances are averaged.
        """
        expected = self.rates * seconds / 60
        term = np.exp(-expected)
        total = term.copy()
        for number in range(1, count + 1):
            term = term * expected / number
            total += term
        return float(min(1.0, (total * WEIGHT).sum()))

    def at_least(self, count: int, *, seconds: float) -> float:
        """Chance of ``count`` blinks or more."""
        return 1.0 if count <= 0 else max(0.0, 1.0 - self.at_most(count - 1, seconds=seconds))


CONVERSATION = Published(low=10.5, high=32.5)
READING = Published(low=1.4, high=14.4)
"""Doughty, Optometry and Vision Science 78(10), 2001."""
