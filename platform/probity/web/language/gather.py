"""Every message that the pages can show: in templates, in modules, and in what rooms say."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from django.template import Node, NodeList, Template
from django.template.base import Token
from django.template.loader import get_template
from django.templatetags.i18n import BlockTranslateNode, TranslateNode

from . import tables
from .phrases import PHRASES
from .said import Told

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = ROOT / "web" / "templates"
#: Function -> which arguments are context, message and plural.
CALLS = {
    "gettext": (None, 0, None),
    "gettext_lazy": (None, 0, None),
    "_": (None, 0, None),
    "gettext_noop": (None, 0, None),
    "later": (None, 0, None),
    "ngettext": (None, 0, 1),
    "ngettext_lazy": (None, 0, 1),
    "plural": (None, 1, 2),
    "pgettext": (0, 1, None),
    "pgettext_lazy": (0, 1, None),
}
#: Whose sentences no page shows: programs read them, documents hold them, operators type them.
SILENT = frozenset(
    {
        "migrations",
        "management",
        "web",
        "api",
        "bundles",
        "settings",
        "launch",
        "texts",
        "insight",
        "words",
        "transparency",
        "audit",
        "samples.py",
        "letters.py",
        "metrics.py",
        "registry.py",
        "network.py",
        "env.py",
        "sealing.py",
        "appeal_told.py",
        "misuse_warn.py",
        "request_update.py",
        "demonstrations.py",
        "synthetic.py",
        "synthetic_rows.py",
        "synthetic_findings.py",
        "synthetic_copies.py",
        "bare_tables.py",
        "inference.py",
    }
)
SENTENCE = re.compile(r"[A-Z“{][^\n]*[.?!]")
FORM = re.compile(r"\{[a-z]\}")
IN_TAG = re.compile(r'_\("((?:[^"\\]|\\.)*)"\)')


@dataclass(frozen=True, order=True)
class Message:
    """One message: its English words, their plural if there is one, and what tells it apart."""

    text: str
    plural: str = ""
    context: str = ""


def messages() -> dict[Message, list[str]]:
    """All messages of the pages, each with the files that say it."""
    found: dict[Message, list[str]] = {}
    for path in sorted(TEMPLATES.rglob("*.html")):
        _add(found, of_template(path), path)
    for path in _modules(ROOT, silent=frozenset({"migrations"})):
        _add(found, of_module(path.read_text()), path)
    for path in spoken_by_rooms():
        _add(found, of_room(path.read_text()), path)
    for table in vars(tables).values():
        if isinstance(table, Told):
            _add(found, map(Message, table.english()), Path(tables.__file__))
    # a catalogue holds a word once: with its plural, where some page counts it
    counted = {(one.text, one.context) for one in found if one.plural}
    return {
        one: places
        for one, places in found.items()
        if one.plural or (one.text, one.context) not in counted
    }


def forms() -> list[str]:
    """The sentences of rooms that have something put in; ``said`` finds them by their shape."""
    texts = {one.text for path in spoken_by_rooms() for one in of_room(path.read_text())}
    return sorted({text for text in texts if FORM.search(text)} | set(PHRASES))


def spoken_by_rooms() -> Iterator[Path]:
    """The modules whose sentences reach pages: rooms, and the ground that files are opened on."""
    yield from _modules(ROOT, silent=SILENT)
    yield from opened_by()


def opened_by() -> Iterator[Path]:
    """The modules of the ground that files are opened on."""
    yield from _modules(ROOT.parents[1] / "foundation" / "media", silent=SILENT)
    yield from _modules(ROOT.parents[1] / "foundation" / "child", silent=SILENT)


def _modules(folder: Path, *, silent: frozenset[str]) -> Iterator[Path]:
    for path in sorted(folder.rglob("*.py")):
        if not silent & set(path.parts):
            yield path


def _add(found: dict[Message, list[str]], said: Iterable[Message], path: Path) -> None:
    name = path.relative_to(ROOT if ROOT in path.parents else ROOT.parents[1]).as_posix()
    for message in said:
        places = found.setdefault(message, [])
        if name not in places:
            places.append(name)


def of_template(path: Path) -> Iterator[Message]:
    """What one template says, word by word as Django looks it up."""
    template: Template = get_template(str(path.relative_to(TEMPLATES))).template  # type: ignore[attr-defined]
    yield from _of_nodes(template.nodelist)
    for text in IN_TAG.findall(template.source):
        yield Message(text.replace("%", "%%"))


def _of_nodes(nodes: NodeList) -> Iterator[Message]:
    for node in nodes.get_nodes_by_type(Node):
        if isinstance(node, TranslateNode):
            text = node.filter_expression.var.literal
            if isinstance(text, str):
                yield Message(text.replace("%", "%%"), "", _context(node))
        elif isinstance(node, BlockTranslateNode):
            one = _block(node, node.singular)
            many = _block(node, node.plural) if node.plural else ""
            yield Message(one, many, _context(node))


def _block(node: BlockTranslateNode, tokens: list[Token]) -> str:
    text, _ = node.render_token_list(tokens)
    return text


def _context(node: TranslateNode | BlockTranslateNode) -> str:
    given = node.message_context
    return str(given.var) if given else ""


def of_module(source: str) -> Iterator[Message]:
    """What one module says through Django's functions, or through ours for counts and tables."""
    for call in ast.walk(ast.parse(source)):
        if not isinstance(call, ast.Call):
            continue
        name = (
            call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
        )
        if name not in CALLS:
            continue
        context, text, plural = (_argument(call, place) for place in CALLS[name])
        if text:
            yield Message(text, plural, context)


def of_room(source: str) -> Iterator[Message]:
    """Whole sentences of a room; what is put into one is called ``{a}``, ``{b}`` …"""
    tree = ast.parse(source)
    within = {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr)
              for part in ast.walk(node) if part is not node}  # fmt: skip
    bare = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    logged = {id(part) for node in ast.walk(tree) if isinstance(node, ast.Call)
              and getattr(getattr(node.func, "value", None), "id", "") == "logger"
              for part in ast.walk(node)}  # fmt: skip
    for node in ast.walk(tree):
        if id(node) in within | bare | logged:
            continue
        text = _sentence(node)
        if (
            "PROBITY_" not in text
            and SENTENCE.fullmatch(text)
            and len(re.findall(r"[A-Za-z]{2,}", text)) > 1
            and " " in text
        ):
            yield Message(text)


def _sentence(node: ast.AST) -> str:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if not isinstance(node, ast.JoinedStr):
        return ""
    names = iter("abcdefghijklmnop")
    return "".join(
        str(part.value) if isinstance(part, ast.Constant) else f"{{{next(names)}}}"
        for part in node.values
    )


def _argument(call: ast.Call, place: int | None) -> str:
    if place is None or place >= len(call.args):
        return ""
    value = call.args[place]
    return value.value if isinstance(value, ast.Constant) and isinstance(value.value, str) else ""
