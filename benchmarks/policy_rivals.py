"""The conditions of all rules as others would write them: plain Python, and a known engine."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from policy.api import Condition, Leaf

Values = Mapping[str, Any]


def plain(condition: Condition) -> Callable[[Values], bool]:
    """As somebody would write it by hand, without unknowns, places, dates or a trace."""
    from policy.api import Leaf

    if isinstance(condition, Leaf):
        name, test = condition.fact, condition.test
        return lambda values: bool(test(values[name]))
    parts = [plain(child) for child in condition.children]
    if condition.kind == "all":
        return lambda values: all(part(values) for part in parts)
    if condition.kind == "any":
        return lambda values: any(part(values) for part in parts)
    if condition.kind == "not":
        return lambda values: not parts[0](values)
    return lambda values: sum(part(values) for part in parts) >= condition.count


def cel(conditions: Sequence[Condition], cases: Sequence[Values]) -> Callable[[], None] | None:
    """The same in Google's Common Expression Language, compiled; None where it is not installed.

    One activation a case is shared by all rules, which is its fastest use.
    """
    try:
        # mypy knows no types of it, or not the package at all
        from cel_expr_python import cel as engine  # type: ignore[import,unused-ignore]
    except ImportError:
        print("cel-expr-python is not installed: pip install cel-expr-python==0.1.3 to compare")
        return None
    kinds = {name: engine.Type.BOOL if isinstance(value, bool) else engine.Type.INT
             for name, value in cases[0].items()}  # fmt: skip
    env = engine.NewEnv(variables=kinds)
    compiled = [env.compile(_text(condition)) for condition in conditions]

    def work() -> None:
        for values in cases:
            activation = env.Activation(values)
            for expression in compiled:
                expression.eval(activation)

    return work


def _text(condition: Condition) -> str:
    from policy.api import Leaf

    if isinstance(condition, Leaf):
        return _leaf(condition)
    parts = [f"({_text(child)})" for child in condition.children]
    if condition.kind == "all":
        return " && ".join(parts)
    if condition.kind == "any":
        return " || ".join(parts)
    if condition.kind == "not":
        return f"!{parts[0]}"
    return f"({' + '.join(f'({part} ? 1 : 0)' for part in parts)}) >= {condition.count}"


def _leaf(leaf: Leaf) -> str:
    operand = leaf.operand
    if leaf.operator == "between" and isinstance(operand, tuple):
        return f"{leaf.fact} >= {operand[0]} && {leaf.fact} <= {operand[1]}"
    if leaf.operator == "in" and isinstance(operand, tuple):
        return f"{leaf.fact} in [{', '.join(map(str, operand))}]"
    if isinstance(operand, bool):
        return leaf.fact if operand else f"!{leaf.fact}"
    signs = {"is": "==", "lt": "<", "lte": "<=", "gte": ">="}
    return f"{leaf.fact} {signs[leaf.operator]} {operand}"
