"""What the provenance of one file looks like: the short answer, then everything."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import groupby
from typing import Any

from django.utils.translation import gettext

from probity.web.language.later import later
from probity.web.language.measured import told

ICONS = {
    "trusted": "cred-trusted",
    "valid": "cred-valid",
    "invalid": "cred-invalid",
    "none": "cred-none",
    "not_checked": "unknown",
    "unreadable": "failed",
}
STATE_ICONS = {"trusted": "cred-trusted", "valid": "cred-valid", "invalid": "cred-invalid"}
STATE_WORDS = {
    "trusted": later("Trusted"),
    "valid": later("Valid"),
    "invalid": later("Invalid"),
    "none": later("No credentials"),
}
CHECK_ICONS = {
    "passed": "check",
    "failed": "contradiction",
    "unproven": "unknown",
    "not_checked": "abstained",
    "none": "abstained",
}
CHECK_WORDS = {
    "passed": later("Passed"),
    "failed": later("Failed"),
    "unproven": later("Unproven"),
    "not_checked": later("Not checked"),
    "none": later("Not there"),
}
CLASSES = {
    "passed": "good", "failed": "bad", "unproven": "open", "not_checked": "open", "none": "open",
    "trusted": "good", "valid": "open", "invalid": "bad",
}  # fmt: skip
PURPOSES = {
    "notAllowed": later("not allowed"),
    "constrained": later("only on conditions"),
    "allowed": "allowed",
}
INTACT_FROM = 0.5
PLACE = later("The file holds coordinates. They are not shown; remove them before you share it.")
MARK_WORDS = {
    "found": later("Found"),
    "absent": later("Not found"),
    "unreadable": later("Could not be read"),
    "unsupported": later("Not possible here"),
}


@dataclass(frozen=True)
class Shown:
    """A picture on the page."""

    address: str
    width: int
    height: int


@dataclass(frozen=True)
class Node:
    """One node of the history with its badge and picture."""

    told: Mapping[str, Any]
    picture: Shown | None
    ingredients: list[Node]
    depth: int

    @property
    def icon(self) -> str:
        """The badge."""
        return STATE_ICONS.get(str(self.told.get("state")), "cred-none")

    @property
    def mood(self) -> str:
        """good, bad or open."""
        return CLASSES.get(str(self.told.get("state")), "open")

    @property
    def words(self) -> str:
        """The badge in words."""
        return STATE_WORDS.get(str(self.told.get("state")), gettext("No credentials"))

    @property
    def actions(self) -> list[tuple[str, int, Mapping[str, Any]]]:
        """Each different action once, with how often it was recorded."""
        seen: dict[tuple[str, str], list[Any]] = {}
        for action in self.told.get("actions") or ():
            key = (str(action.get("title")), str(action.get("source_title") or ""))
            seen.setdefault(key, [0, action])[0] += 1
        return [(title, count, action) for (title, _), (count, action) in seen.items()]


@dataclass(frozen=True)
class Pair:
    """The work beside something it was made from."""

    key: str
    title: str
    relation: str
    now: Shown
    before: Shown


@dataclass(frozen=True)
class Run:
    """Blocks in a row of a tamper map that say the same; in blocks from the upper left."""

    x: int
    y: int
    width: int
    kind: str


@dataclass(frozen=True)
class TamperDrawing:
    """Where a sealed picture was altered, as rectangles to draw over it."""

    columns: int
    rows: int
    runs: list[Run]


@dataclass(frozen=True)
class Row:
    """One row of a table: icon, class, words, then what it is about."""

    icon: str
    mood: str
    words: str
    told: Mapping[str, Any]
    drawing: TamperDrawing | None = None


@dataclass(frozen=True)
class ProvenanceView:
    """Everything that is known of one file's provenance; any part may be missing."""

    credentials: Mapping[str, Any]
    metadata: Mapping[str, Any] | None = None
    contradictions: list[Mapping[str, Any]] = field(default_factory=list)
    watermarks: list[Mapping[str, Any]] | None = None
    matches: list[Mapping[str, Any]] | None = None
    left_out: list[str] = field(default_factory=list)
    pictures: Mapping[str, Shown] = field(default_factory=dict)

    @property
    def summary(self) -> Mapping[str, Any]:
        """Icon, title, signer, generator, date."""
        found: Mapping[str, Any] = self.credentials["summary"]
        return found

    @property
    def icon(self) -> str:
        """The short answer's drawing."""
        return ICONS.get(str(self.summary["icon"]), "unknown")

    @property
    def view(self) -> Shown | None:
        """The file itself as it may be shown, else the picture in its credentials."""
        return self.pictures.get("view") or self.pictures.get("0")

    @cached_property
    def history(self) -> Node | None:
        """The tree of what it was made from."""
        tree = self.credentials.get("tree")
        return self._node(tree["root"], 0) if tree else None

    @cached_property
    def pairs(self) -> list[Pair]:
        """What can be compared: parents first."""
        if self.history is None or self.view is None:
            return []
        nodes = [node for child in self.history.ingredients for node in _walk(child)]
        made = [
            Pair(
                key=str(node.told["key"]),
                title=str(node.told.get("title") or "untitled"),
                relation=told(node.told.get("relationship_title")) or gettext("an ingredient"),
                now=self.view,
                before=node.picture,
            )
            for node in nodes
            if node.picture is not None
        ]
        made = list(
            {
                (pair.title, pair.before.width, pair.before.height): pair for pair in reversed(made)
            }.values()
        )[::-1]
        parents = {str(n.told["key"]) for n in nodes if n.told.get("relationship") == "parentOf"}
        return sorted(made, key=lambda pair: (pair.key not in parents, pair.key.count(".")))

    @cached_property
    def checks(self) -> list[Row]:
        """What was checked."""
        return [_row(check, str(check["status"])) for check in self.credentials.get("checks") or ()]

    @cached_property
    def lists(self) -> list[Row]:
        """What each trust list says."""
        return [
            Row(
                icon=STATE_ICONS.get(str(row.get("verdict")), "abstained"),
                mood=CLASSES.get(str(row.get("verdict")), "open"),
                words=STATE_WORDS.get(str(row.get("verdict")), gettext("Not judged")),
                told=row,
            )
            for row in self.credentials.get("lists") or ()
        ]

    @property
    def training(self) -> list[tuple[str, str]]:
        """What the creator says of training and mining, in words."""
        told = self.credentials.get("do_not_train") or {}
        return [(_purpose(name), PURPOSES.get(value, value)) for name, value in told.items()]

    @cached_property
    def marks(self) -> list[Row]:
        """What each watermark scheme saw."""
        words = MARK_WORDS
        return [
            Row(
                icon={"found": "check", "unreadable": "failed"}.get(mark["status"], "abstained"),
                mood="good" if mark["status"] == "found" else "open",
                words=words.get(str(mark["status"]), str(mark["status"])),
                told=mark,
                drawing=_drawing(mark.get("tamper_map")),
            )
            for mark in self.watermarks or ()
        ]

    @property
    def metadata_facts(self) -> list[tuple[str, str]]:
        """What the metadata name, as pairs of words."""
        return list(_facts(self.metadata or {}))

    def _node(self, told: Mapping[str, Any], depth: int) -> Node:
        return Node(
            told=told,
            picture=self.pictures.get(str(told.get("key"))),
            ingredients=[self._node(child, depth + 1) for child in told.get("ingredients") or ()],
            depth=depth,
        )


def _drawing(told: Mapping[str, Any] | None) -> TamperDrawing | None:
    """Altered blocks, and those that could not be judged; intact ones need no ink."""
    if not told:
        return None
    runs: list[Run] = []
    for y, row in enumerate(told["values"]):
        for kind, part in groupby(enumerate(row), key=lambda cell: _block(cell[1])):
            cells = list(part)
            if kind:
                runs.append(Run(x=cells[0][0], y=y, width=len(cells), kind=kind))
    return TamperDrawing(columns=int(told["columns"]), rows=int(told["rows"]), runs=runs)


def _block(value: float | None) -> str:
    if value is None:
        return "unjudged"
    return "altered" if value < INTACT_FROM else ""


def _walk(node: Node) -> Iterator[Node]:
    yield node
    for child in node.ingredients:
        yield from _walk(child)


def _row(told: Mapping[str, Any], status: str) -> Row:
    return Row(
        icon=CHECK_ICONS.get(status, "unknown"),
        mood=CLASSES.get(status, "open"),
        words=CHECK_WORDS.get(status, status),
        told=told,
    )


def _purpose(name: str) -> str:
    """``c2pa.ai_generative_training`` as words."""
    return name.rpartition(".")[2].replace("_", " ").replace("ai ", "AI ")


def _facts(told: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    camera = told.get("camera") or {}
    generator = told.get("generator") or {}
    named = [
        (gettext("Camera"), _camera(camera)),
        (gettext("Lens"), camera.get("lens")),
        (gettext("Taken"), camera.get("taken")),
        (gettext("Image generator"), generator.get("name")),
        (gettext("Written by"), told.get("software")),
        (gettext("Edited with"), ", ".join(told.get("edit_software") or ())),
        (gettext("Declared source"), told.get("digital_source_type")),
        (gettext("Encoder"), told.get("encoder")),
        (gettext("Container"), told.get("container_brand")),
        (gettext("Place"), PLACE if told.get("location_present") else None),
        (gettext("Personal"), _personal(told.get("personal_present") or ())),
    ]
    yield from ((name, str(value)) for name, value in named if value)


def _camera(told: Mapping[str, Any]) -> str:
    make, model = str(told.get("make") or ""), str(told.get("model") or "")
    return model if make and model.startswith(make) else f"{make} {model}".strip()


def _personal(names: Collection[str]) -> str:
    return (
        gettext("Names or serial numbers are in: {names}.").format(names=", ".join(names))
        if names
        else ""
    )
