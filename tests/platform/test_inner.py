"""Inner services have no savepoint: whoever catches their refusal has to give them one."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from django.db import transaction

from probity.core.errors import Conflict
from probity.core.inner import inner

Name = tuple[str, str]
#: Catch outside any transaction: what they call begins one of its own.
BEGIN_THEIR_OWN = {
    ("probity.workflow.case_analyse", "job_perform"),
    ("probity.workflow.worker", "looking_start"),
    ("probity.workflow.worker", "look"),
}


@dataclass
class Function:
    """What a function calls: ``bare`` outside a transaction of its own, ``caught`` of those within
    a ``try`` that catches. ``closed``: it is one transaction with a savepoint."""

    name: Name
    inner: bool = False
    closed: bool = False
    bare: set[Name] = field(default_factory=set)
    caught: set[Name] = field(default_factory=set)


def atomic(node: ast.expr) -> bool:
    return ast.unparse(node) in {"transaction.atomic", "transaction.atomic()"}


def imported(tree: ast.Module, module: str) -> dict[str, Name]:
    """What each name of a module stands for."""
    names = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            home = module.rsplit(".", node.level)[0] if node.level else ""
            source = ".".join(part for part in (home, node.module or "") if part)
            for alias in node.names:
                names[alias.asname or alias.name] = (source, alias.name)
    return names


def read(module: str, text: str) -> Iterator[Function]:
    """Every function of a module, nested ones and methods too."""
    tree = ast.parse(text)
    names = imported(tree, module)
    for node in ast.walk(tree):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            marks = [ast.unparse(mark) for mark in node.decorator_list]
            found = Function(
                (module, node.name), "inner" in marks, any(map(atomic, node.decorator_list))
            )
            for child in node.body:
                _calls(child, found, names, safe=False, caught=False)
            yield found


def _calls(
    node: ast.AST, found: Function, names: dict[str, Name], *, safe: bool, caught: bool
) -> None:
    if isinstance(node, ast.With) and any(atomic(item.context_expr) for item in node.items):
        safe = True
    if isinstance(node, ast.Try) and node.handlers:
        for child in node.body:
            _calls(child, found, names, safe=False, caught=True)
        for child in (*node.handlers, *node.orelse, *node.finalbody):
            _calls(child, found, names, safe=safe, caught=caught)
        return
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and not safe:
        called = names.get(node.func.id, (found.name[0], node.func.id))
        found.bare.add(called)
        found.caught |= {called} if caught else set()
    for child in ast.iter_child_nodes(node):
        _calls(child, found, names, safe=safe, caught=caught)


def careless(functions: list[Function]) -> set[Name]:
    """Who catches what an inner service raises, without a transaction of its own around it."""
    open_ended = {one.name for one in functions if one.inner}
    while (
        more := {one.name for one in functions if not one.closed and one.bare & open_ended}
        - open_ended
    ):
        open_ended |= more
    return {one.name for one in functions if one.caught & open_ended}


def test_whoever_catches_gives_a_savepoint(root: Path) -> None:
    source = root / "platform"
    functions = [
        one
        for path in sorted((source / "probity").rglob("*.py"))
        for one in read(
            ".".join(path.relative_to(source).with_suffix("").parts), path.read_text("utf-8")
        )
    ]
    assert sum(one.inner for one in functions) >= 9
    assert careless(functions) == BEGIN_THEIR_OWN & careless(functions)


def test_only_one_place_does_without_a_savepoint(root: Path) -> None:
    rooms = root / "platform" / "probity"
    found = [path for path in rooms.rglob("*.py") if "savepoint=False" in path.read_text("utf-8")]
    assert [path.relative_to(rooms).as_posix() for path in found] == ["core/inner.py"]


PLANTED = """
from django.db import transaction
from probity.core.inner import inner

@inner
def settle(): ...

def between():
    settle()

@transaction.atomic
def whole():
    between()

def wrong():
    try:
        between()
    except Conflict: ...

def right():
    try:
        with transaction.atomic():
            between()
        whole()
    except Conflict: ...
"""


def test_the_look_finds_who_is_careless() -> None:
    assert careless(list(read("probity.planted", PLANTED))) == {("probity.planted", "wrong")}


@pytest.mark.django_db(transaction=False)
def test_a_refusal_that_was_caught_takes_all_back_unless_it_had_a_savepoint() -> None:
    @inner
    def refuses() -> None:
        raise Conflict("No.")

    def attempt(*, savepoint: bool) -> bool:
        with transaction.atomic():
            try:
                if savepoint:
                    with transaction.atomic():
                        refuses()
                else:
                    refuses()
            except Conflict:
                pass
            return transaction.get_rollback()

    assert attempt(savepoint=False)
    assert not attempt(savepoint=True)
