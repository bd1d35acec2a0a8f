"""YAML read strictly: no duplicate keys, aliases, tags, floats or guessed dates; lines remembered.

Only true/false, null and whole numbers are turned into values; everything else stays text, so a
date stays as written and NO is Norway.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import yaml
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from policy.cursor import Cursor, Path
from policy.errors import PackInvalid

_DEEPEST = 50
_LONGEST_NUMBER = 15  # digits; every such number is exact in canonical JSON
_PLAIN = {"true": True, "false": False, "null": None, "~": None, "": None}
_INTEGER = re.compile(r"-?(0|[1-9][0-9]*)")
_FLOAT = re.compile(r"[-+]?[0-9]*\.[0-9]+([eE][-+]?[0-9]+)?")


# libyaml where PyYAML was built with it: a hundred rules are read in a fraction of the time.
if TYPE_CHECKING:
    _Base = yaml.SafeLoader
else:
    _Base = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Loader(_Base):
    """Composes nodes only; the implicit types of YAML 1.1 are taken away."""

    yaml_implicit_resolvers: dict[str, Any] = {}


def read(text: str, *, file: str) -> Cursor:
    """The document as a cursor; raises PackInvalid with file and line."""
    try:
        _check_events(text, file=file)
        node = yaml.compose(text, Loader=_Loader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = f"{file}:{mark.line + 1}" if mark else file
        raise PackInvalid(f"{where}: this is not YAML: {error.problem}.") from None
    except yaml.YAMLError as error:
        raise PackInvalid(f"{file}: this is not YAML: {error}.") from None
    if node is None:
        raise PackInvalid(f"{file}: the file is empty.")
    lines: dict[Path, int] = {}
    value = _value(node, (), file, lines)
    return Cursor(value=value, path=(), file=file, lines=lines)


def _check_events(text: str, *, file: str) -> None:
    """Refuses what must not reach the composer: anchors, tags, and nesting without end."""
    depth = 0
    for event in yaml.parse(text, Loader=_Loader):
        line = event.start_mark.line if event.start_mark else 0
        for what in ("anchor", "tag"):
            if getattr(event, what, None) is not None:
                raise _refusal(file, line, f"the {what} {getattr(event, what)!r}")
        depth += isinstance(event, yaml.CollectionStartEvent)
        depth -= isinstance(event, yaml.CollectionEndEvent)
        if depth > _DEEPEST:
            raise _refusal(file, line, f"nesting deeper than {_DEEPEST} levels")


def _refusal(file: str, line: int, what: str) -> PackInvalid:
    return PackInvalid(f"{file}:{line + 1}: {what} is not allowed here.")


def _value(node: Node, path: Path, file: str, lines: dict[Path, int]) -> Any:
    lines[path] = node.start_mark.line + 1
    if isinstance(node, MappingNode):
        return _mapping(node, path, file, lines)
    if isinstance(node, SequenceNode):
        return [_value(child, (*path, i), file, lines) for i, child in enumerate(node.value)]
    assert isinstance(node, ScalarNode)  # noqa: S101  YAML has three kinds of node
    return _scalar(node, file)


def _mapping(node: MappingNode, path: Path, file: str, lines: dict[Path, int]) -> dict[str, Any]:
    result: dict[str, Any] = {}
    for key_node, child in node.value:
        line = key_node.start_mark.line
        if not isinstance(key_node, ScalarNode):
            raise _refusal(file, line, "a key that is no plain text")
        key = key_node.value
        if key in result:
            raise PackInvalid(f"{file}:{line + 1}: the key {key!r} stands here a second time.")
        result[key] = _value(child, (*path, key), file, lines)
        lines[(*path, key)] = line + 1
    return result


def _scalar(node: ScalarNode, file: str) -> Any:
    text: str = node.value
    if node.style:
        return text
    if text in _PLAIN:
        return _PLAIN[text]
    if _INTEGER.fullmatch(text):
        if len(text) > _LONGEST_NUMBER:
            raise _refusal(file, node.start_mark.line, "a number this long")
        return int(text)
    if _FLOAT.fullmatch(text):
        raise _refusal(file, node.start_mark.line, f"the fractional number {text}")
    return text
