"""Kleene's strong three-valued logic and the comparisons of a leaf.

Truth is True, False or None (unknown). Unknown stays unknown under `negation`; a settled operand
that decides alone (False under all, True under any) decides whatever the others are.
S. C. Kleene, Introduction to Metamathematics (1952), section 64.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

Truth = bool | None
Value = bool | int | None
Operand = bool | int | tuple[bool | int, ...]
LeafTest = Callable[[Value], Truth]


def conjunction(values: Iterable[Truth]) -> Truth:
    """False if any is False, else unknown if any is unknown, else True (also when empty)."""
    result: Truth = True
    for value in values:
        if value is False:
            return False
        if value is None:
            result = None
    return result


def disjunction(values: Iterable[Truth]) -> Truth:
    """True if any is True, else unknown if any is unknown, else False (also when empty)."""
    result: Truth = False
    for value in values:
        if value is True:
            return True
        if value is None:
            result = None
    return result


def negation(value: Truth) -> Truth:
    """Unknown stays unknown."""
    return None if value is None else not value


def threshold(count: int, values: Iterable[Truth]) -> Truth:
    """True once `count` are True, False once `count` can no longer be reached, else unknown."""
    true = unknown = 0
    for value in values:
        true += value is True
        unknown += value is None
    if true >= count:
        return True
    return None if true + unknown >= count else False


def _equals(operand: Operand) -> LeafTest:
    return lambda value: None if value is None else value == operand


def _among(operand: Operand) -> LeafTest:
    assert isinstance(operand, tuple)  # noqa: S101  the loader has checked it
    choices = frozenset(operand)
    return lambda value: None if value is None else value in choices


def _less(operand: Operand) -> LeafTest:
    limit = _number(operand)
    return lambda value: None if value is None else value < limit


def _at_most(operand: Operand) -> LeafTest:
    limit = _number(operand)
    return lambda value: None if value is None else value <= limit


def _at_least(operand: Operand) -> LeafTest:
    limit = _number(operand)
    return lambda value: None if value is None else value >= limit


def _between(operand: Operand) -> LeafTest:
    assert isinstance(operand, tuple)  # noqa: S101  the loader has checked it
    low, high = operand
    return lambda value: None if value is None else low <= value <= high


def _number(operand: Operand) -> int:
    assert not isinstance(operand, tuple)  # noqa: S101  the loader has checked it
    return int(operand)


COMPARISONS: dict[str, Callable[[Operand], LeafTest]] = {
    "is": _equals,
    "in": _among,
    "lt": _less,
    "lte": _at_most,
    "gte": _at_least,
    "between": _between,
}
