"""Which files may never stand on both sides: the same group, the same generator."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detectors.calibration.measures import Flags

MOST_FOLDS = 10


@dataclass(frozen=True, kw_only=True)
class Folds:
    """``of`` (N,) the fold of each file; ``held_out`` what no two folds share."""

    of: NDArray[np.int64]
    count: int
    held_out: tuple[str, ...]


def split(
    *,
    groups: Sequence[str],
    generators: Sequence[str],
    fake: Flags,
    counted: Flags | None = None,
    most: int = MOST_FOLDS,
) -> Folds | None:
    """Folds that share neither group nor generator; where that leaves a side without one class,
    folds that share no group (``held_out`` then says so); None where that is impossible too.

    A generator counts for fakes only: "camera" is no family trait. Only ``counted`` files (all by
    default) can be learnt from; the others get a fold all the same.
    """
    counted = np.ones(fake.size, dtype=np.bool_) if counted is None else counted
    strict = [
        [("group", group)] + ([("generator", name)] if is_fake and name else [])
        for group, name, is_fake in zip(groups, generators, fake, strict=True)
    ]
    loose = [traits[:1] for traits in strict]
    for traits, held_out in ((strict, ("group", "generator")), (loose, ("group",))):
        family = _families(traits)
        folds = _dealt(family, most=most)
        if folds.max(initial=0) > 0 and _serves(folds, fake, counted):
            return Folds(of=folds, count=int(folds.max()) + 1, held_out=held_out)
    return None


def _families(traits: Sequence[Sequence[tuple[str, str]]]) -> NDArray[np.int64]:
    """Files that are linked by any trait, however indirectly, get one number."""
    leader: dict[tuple[str, str], tuple[str, str]] = {}

    def top(trait: tuple[str, str]) -> tuple[str, str]:
        while leader.setdefault(trait, trait) != trait:
            trait = leader[trait]
        return trait

    for several in traits:
        for trait in several[1:]:
            leader[top(trait)] = top(several[0])
    heads = [top(several[0]) for several in traits]
    order = {head: number for number, head in enumerate(dict.fromkeys(heads))}
    return np.array([order[head] for head in heads], dtype=np.int64)


def _dealt(family: NDArray[np.int64], *, most: int) -> NDArray[np.int64]:
    """Families dealt to at most so many folds, large ones first, always to the smallest fold."""
    sizes = np.bincount(family)
    held = np.zeros(min(most, sizes.size), dtype=np.int64)
    fold_of = np.zeros(sizes.size, dtype=np.int64)
    for member in sorted(range(sizes.size), key=lambda index: (-sizes[index], index)):
        fold_of[member] = int(np.argmin(held))
        held[fold_of[member]] += sizes[member]
    return fold_of[family]


def _serves(folds: NDArray[np.int64], fake: Flags, counted: Flags) -> bool:
    """Each fold leaves both classes, at least two files of each, to learn from."""
    rests = [counted & (folds != fold) for fold in range(int(folds.max(initial=0)) + 1)]
    return all(int((rest & fake).sum()) >= 2 and int((rest & ~fake).sum()) >= 2 for rest in rests)
