"""What is learnt from and what is measured on: whole sources and whole generators, never files.

In each fold, sources and self-made kinds of that fold are left out of training and measured.
Sources that may not be learnt from are measured by the fold they name. A fold that would leave a
class without anything to learn from learns from everything instead, and measures only what nobody
learns from.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detectors.training.examples import Row
from detectors.training.recipe import Recipe

Flags = NDArray[np.bool_]


@dataclass(frozen=True, kw_only=True)
class Fold:
    """``learnt`` and ``measured`` (N,) over the examples."""

    number: int
    learnt: Flags
    measured: Flags


def everything(rows: Sequence[Row], recipe: Recipe) -> Flags:
    """What the network that is kept learns from."""
    return np.array([recipe.source(row.source).train for row in rows], dtype=np.bool_)


def folds(rows: Sequence[Row], recipe: Recipe) -> list[Fold]:
    """The folds that can be run, in order."""
    found = []
    may = everything(rows, recipe)
    fake = np.array([row.fake for row in rows], dtype=np.bool_)
    kinds = {f"made: {made.kind}": made.fold for made in recipe.made}
    of_source = np.array([recipe.source(row.source).fold for row in rows])
    of_kind = np.array([kinds.get(row.generator, -1) for row in rows])
    made = np.array([row.made for row in rows], dtype=np.bool_)
    for number in range(recipe.folds):
        learnt = may & (of_source != number) & (of_kind != number)
        if not (learnt & fake).any() or not (learnt & ~fake).any():
            learnt = may
        measured = (of_source == number) & (~made | (of_kind == number)) & ~learnt
        if measured.any():
            found.append(Fold(number=number, learnt=learnt, measured=measured))
    return found
