"""What the engines that look at media say: the templates of their sentences, read from the source.

A template has ``{a}``, ``{b}`` … where something is put in. It is whatever stands in the source, so
a sentence that changes there is missing from the catalogues at once.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from probity.analysis import telling

from .gather import of_room, opened_by

ENGINES = Path(__file__).resolve().parents[4]
#: What speaks to developers, trains, measures or prints, not to the readers of a finding.
SILENT = frozenset(
    {
        "bundle.py", "calibration", "card.py", "cli.py", "draw.py", "evaluation", "ground_truth",
        "keeping.py", "languages.py", "models", "networks", "page.py", "registry.py", "runtimes",
        "scaffold", "sheets.py", "strict.py", "strips.py", "tape.py", "telling.py", "testing",
        "training", "validating.py", "writing.py",
    }
)  # fmt: skip
#: What provenance says to whoever signs, keeps trust lists or reads a terminal.
ASIDE = frozenset(
    {
        "adding.py", "cbor.py", "certificates.py", "der.py", "dwtdct.py", "exif.py", "failures.py",
        "files.py", "identifier.py", "identity_cli.py", "image.py", "iptc.py", "jumbf.py",
        "keys.py", "keystore.py", "label.py", "library.py", "loading.py", "lote.py",
        "metadata/generators.py", "pattern.py", "record.py", "settings.py", "signing",
        "signing_cli.py", "sources.py", "stamps.py", "streams.py", "trust_cli.py", "versions.py",
        "watermark_cli.py", "xmp.py",
    }
)  # fmt: skip
#: Silent otherwise, but for whole sentences: why a network could not be had, or could not be run.
ABSTAINING = (
    "foundation/resources/catalogue.py", "foundation/resources/fetching.py",
    "foundation/resources/store.py", "detectors/models/prepared.py", "detectors/models/own.py",
    "detectors/runtimes/batching.py", "detectors/runtimes/devices.py",
    "detectors/runtimes/sources.py", "detectors/runtimes/tuning.py",
)  # fmt: skip
#: Raised at developers; a finding never holds their words.
UNTOLD = frozenset(
    {
        "AssertionError", "CalibrationInvalid", "CardInvalid", "KeyError", "NeedUndeclared",
        "RuntimeError", "StackBroken", "TypeError", "ValueError",
    }
)  # fmt: skip
#: Names that nobody reads.
NAMED = frozenset({"media_type", "name"})
DRAWING = frozenset({"text", "rsplit", "split", "compile", "Sheet", "TypeVar", "NewType"})
LABELS = frozenset({"label", "level_label", "title", "unit"})
SAYING = frozenset({"html", "plain", "say"})
WORD = re.compile(r"[^\W\d_]{2,}")
MARKUP = re.compile(r"[<>|*]|\\b|\w=\"|^--|^[\w./]+\.(?:py|json|yaml|png|html|onnx)$")
UNIT_LAST = re.compile(r"(.+) \(([^()]+)\)")


def of_source(folder: str, *, silent: frozenset[str] = SILENT) -> dict[str, list[str]]:
    """The templates in one engine's modules, each with the files that say it."""
    found: dict[str, list[str]] = {}
    for path in sorted((ENGINES / folder).rglob("*.py")):
        place = path.relative_to(ENGINES / folder)
        if silent & {*place.parts, place.as_posix()}:
            continue
        name = path.relative_to(ENGINES).as_posix()
        for text in dict.fromkeys(templates(path.read_text())):
            found.setdefault(text, []).append(name)
    return found


def templates(source: str) -> Iterator[str]:
    """What one module may say: sentences, parts of them, and words that are put into them."""
    tree = ast.parse(source)
    aside = _aside(tree)
    for node in ast.walk(tree):
        if id(node) in aside:
            continue
        if isinstance(node, ast.JoinedStr):
            yield from _told(_template(node), words=2)
            yield from _put_in(node)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield from _told(node.value, words=2)
        elif isinstance(node, ast.keyword) and node.arg in LABELS:
            yield from _of_label(node.value)
        elif isinstance(node, ast.Call) and _name(node.func) in SAYING and node.args:
            yield from _of_label(node.args[0])


def _told(text: str, *, words: int) -> Iterator[str]:
    bare = " ".join(text.split())
    own = re.sub(r"\{\w+\}", "", bare)
    if MARKUP.search(bare) or not WORD.search(own):
        return
    if bare.count(" ") + 1 >= words or bare != own:
        yield bare


def _of_label(node: ast.expr) -> Iterator[str]:
    """A label is one even of one word; its unit, in the last parentheses, is shown apart."""
    text = _template(node) if isinstance(node, ast.JoinedStr) else getattr(node, "value", None)
    if isinstance(text, str):
        yield from _told(text, words=1)
        apart = UNIT_LAST.fullmatch(text)
        for part in apart.groups() if apart else ():
            yield from _told(part, words=1)


def _put_in(node: ast.JoinedStr) -> Iterator[str]:
    """Words that a template chooses between: ``{'blink' if count == 1 else 'blinks'}``."""
    for part in node.values:
        if isinstance(part, ast.FormattedValue):
            yield from _chosen(part.value)


def _chosen(node: ast.expr) -> Iterator[str]:
    if isinstance(node, ast.IfExp):
        yield from _chosen(node.body)
        yield from _chosen(node.orelse)
    elif isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield from _told(node.value, words=1)


def _aside(tree: ast.Module) -> set[int]:
    """Nodes whose words reach no reader: documentation, developers' errors, pictures' pixels."""
    found: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            found.add(id(node.value))
        elif isinstance(node, ast.JoinedStr):
            found.update(id(part) for part in node.values if isinstance(part, ast.Constant))
            found.update(id(one.format_spec) for one in node.values
                         if isinstance(one, ast.FormattedValue) and one.format_spec)  # fmt: skip
        elif isinstance(node, ast.Raise) and _name(node.exc) in UNTOLD:
            found.update(map(id, ast.walk(node)))
        elif isinstance(node, ast.keyword) and node.arg in NAMED:
            found.update(map(id, ast.walk(node.value)))
        elif isinstance(node, ast.Call) and _name(node.func) in DRAWING:
            found.update(id(part) for one in node.args for part in ast.walk(one))
        elif isinstance(node, ast.Subscript):
            found.update(map(id, ast.walk(node.slice)))
    return found


def _name(node: ast.expr | None) -> str:
    if isinstance(node, ast.Call):
        return _name(node.func)
    return str(getattr(node, "attr", "") or getattr(node, "id", ""))


def _template(node: ast.JoinedStr) -> str:
    names = iter("abcdefghijklmnopqrstuvwxyz")
    return "".join(
        str(part.value) if isinstance(part, ast.Constant) else f"{{{next(names)}}}"
        for part in node.values
    )


def engine_texts(engine: str) -> dict[str, list[str]]:
    """All that one engine says and its catalogues translate, each text with the files that say it:
    its modules, what else it lists, and the ground that files are opened on and networks run on."""
    found = of_source(engine, silent=SILENT | (ASIDE if engine == "provenance" else set()))
    abstaining = (ENGINES / name for name in ABSTAINING if engine == "detectors")
    for path in (*opened_by(), *abstaining):
        for one in of_room(path.read_text()):
            _add(found, one.text, path.relative_to(ENGINES).as_posix())
    for text, place in telling.listed(engine):
        _add(found, text, place)
    return found


def _add(found: dict[str, list[str]], text: str, place: str) -> None:
    places = found.setdefault(text, [])
    if place not in places:
        places.append(place)
