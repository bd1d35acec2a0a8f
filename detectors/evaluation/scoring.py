"""Measuring a whole set: every file in every form, on all cores, and resumable.

Results go line by line into ``scores.jsonl`` of the output folder: a key made of the file's digest
and its form, and for each detector a key made of its version, its parameters and its module. A
second run takes what is there and measures the rest. Not kept are likelihood ratios, since
calibrations change, and what failed or could not run for want of a library or a model, since that
can be mended.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from detectors.api import Finding, Status
from detectors.calibration.apply import calibrated
from detectors.card import Card
from detectors.evaluation.manifest import Row
from detectors.evaluation.variants import INSIDE, LIMITS, Variant
from detectors.models import own
from detectors.registry import find, usable
from detectors.runner import analyse, digest, modalities
from foundation import child
from foundation.batch import Outcome, in_order
from foundation.errors import Refusal
from foundation.media import Kind, Probe, inspect

FILE = "scores.jsonl"
KEPT = ("probe", "traits", "findings")
OnDone = Callable[[str], None]


@dataclass(frozen=True, kw_only=True)
class Scored:
    """One file in one form: findings without calibration, or the sentence why there are none."""

    row: Row
    sha256: str
    variant: str
    probe: Probe | None
    traits: dict[str, float]
    findings: tuple[Finding, ...]
    refused: str | None

    def weighed(self) -> tuple[Finding, ...]:
        """The findings as the product would weigh them, with the calibrations in use."""
        if self.probe is None:
            return self.findings
        return tuple(calibrated(finding, probe=self.probe) for finding in self.findings)


class Book:
    """What has been measured so far; kept in a folder when there is one.

    A line is {"key", "probe", "traits", "findings": {detector's key: finding}}; lines of one key
    add up.
    """

    def __init__(self, folder: Path | None) -> None:
        self._path = folder / FILE if folder else None
        self._lock = threading.Lock()
        self._known: dict[str, dict[str, Any]] = {}
        if self._path and self._path.is_file():
            for key, value in _lines(self._path):
                self._add(key, value)

    def get(self, key: str) -> dict[str, Any] | None:
        """Everything that is known under a key."""
        with self._lock:
            return self._known.get(key)

    def put(self, key: str, value: dict[str, Any]) -> dict[str, Any]:
        """Keep a line; returns everything that is known now."""
        with self._lock:
            if self._path:
                self._path.parent.mkdir(parents=True, exist_ok=True)
                with self._path.open("a", encoding="utf-8") as file:
                    file.write(json.dumps({"key": key, **value}) + "\n")
            return self._add(key, value)

    def _add(self, key: str, value: dict[str, Any]) -> dict[str, Any]:
        before = self._known.get(key, {"findings": {}})
        value = {**value, "findings": {**before["findings"], **value["findings"]}}
        self._known[key] = value
        return value


def _lines(path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """A line cut off by an interruption is passed over and measured again."""
    with path.open(encoding="utf-8") as file:
        for line in file:
            try:
                value = json.loads(line)
                yield value.pop("key"), {name: value[name] for name in KEPT}
            except (ValueError, KeyError, AttributeError):
                continue


def chosen(only: Sequence[str]) -> list[Card]:
    """The cards that will be measured. Raises DetectorUnknown for a name that nobody offers."""
    if not only:
        return [entry.card for entry in usable() if entry.card]
    return [card for name in sorted(set(only)) if (card := find(name).card)]


def score(
    rows: Sequence[Row],
    *,
    variant: Variant,
    cards: Sequence[Card],
    book: Book,
    on_done: OnDone = lambda _name: None,
) -> list[Scored]:
    """Every row that has this form, in the rows' order."""
    fitting = [row for row in rows if variant.fits(row.modality)]

    def measured(row: Row) -> list[Outcome[Scored]]:
        return [Outcome(path=row.path, answer=_one(row, variant=variant, cards=cards, book=book))]

    found = []
    for outcome in in_order(fitting, measured):
        if outcome.answer is not None:
            found.append(outcome.answer)
            on_done(outcome.answer.row.name)
    return found


def _one(row: Row, *, variant: Variant, cards: Sequence[Card], book: Book) -> Scored:
    sha256 = digest(row.path)
    key = _hash([sha256, row.modality, variant.recipe(row.modality)])
    names = {_name(card): card for card in cards}
    known = book.get(key)
    findings = {} if known is None else known["findings"]
    wanted = [card for name, card in names.items() if name not in findings]
    if known is not None and known["probe"]:
        wanted = _fitting(wanted, probe=Probe.from_dict(known["probe"]))
    fresh: dict[str, Any] = {}
    if known is None or wanted:
        try:
            known, fresh = _measured(row, variant=variant, cards=wanted)
        except Refusal as refusal:
            return Scored(
                row=row, sha256=sha256, variant=variant.name, probe=None, traits={}, findings=(),
                refused=refusal.sentence,
            )  # fmt: skip
        settled = {name: fresh[card.id] for name, card in names.items()
                   if card.id in fresh and _settled(fresh[card.id], card=card)}  # fmt: skip
        known = book.put(key, {**known, "findings": settled})
    found = {card.id: known["findings"][name] for name, card in names.items()
             if name in known["findings"]} | fresh  # fmt: skip
    return Scored(
        row=row,
        sha256=sha256,
        variant=variant.name,
        probe=Probe.from_dict(known["probe"]),
        traits=known["traits"],
        findings=tuple(Finding.from_dict(found[name]) for name in sorted(found)),
        refused=None,
    )


def _hash(parts: list[Any]) -> str:
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def _name(card: Card) -> str:
    """What the detector is at this moment: its code as well, for those who are writing it, and
    the networks of our own, which are trained anew under the same name."""
    path = find(card.id).card_path
    module = path.with_suffix(".py") if path else None
    code = digest(module) if module and module.is_file() else ""
    parts: list[Any] = [card.version, sorted(card.parameters.items()), code]
    if trained := [name for name in card.needs.models if name in own.OWN]:
        networks = [own.found(name) for name in trained]
        parts.append([network.sha256 if network else "" for network in networks])
    return f"{card.id} {_hash(parts)[:16]}"


def _settled(finding: dict[str, Any], *, card: Card) -> bool:
    """Whether another run could not come to something else."""
    ran = bool(finding["runtime"]) or not card.runtime.libraries
    return ran and finding["status"] != Status.FAILED


def _measured(
    row: Row, *, variant: Variant, cards: Sequence[Card]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Probe and traits, and the findings by detector. Raises what opening the file raises."""
    if variant.received:
        return _measured_file(row.path, cards=cards)
    with tempfile.TemporaryDirectory(prefix="probity-evaluate-") as folder:
        copy = variant.steps[row.modality].copy(row.path, folder=Path(folder))
        return _measured_file(copy, cards=cards)


def _measured_file(path: Path, *, cards: Sequence[Card]) -> tuple[dict[str, Any], dict[str, Any]]:
    probe = inspect(path)
    report = analyse(path, probe=probe, only=[card.id for card in _fitting(cards, probe=probe)])
    about = {"probe": probe.to_dict(), "traits": _traits(path, probe=probe)}
    return about, {finding.detector: _bare(finding) for finding in report.findings}


def _fitting(cards: Sequence[Card], *, probe: Probe) -> list[Card]:
    return [card for card in cards if card.modality in modalities(probe)]


def _traits(path: Path, *, probe: Probe) -> dict[str, float]:
    if probe.kind is not Kind.AUDIO:
        return {}
    payload = {"path": os.fsencode(path.absolute())}
    try:
        found: dict[str, float] = child.call(f"{INSIDE}:traits", payload, limits=LIMITS)
    except Refusal:
        return {}
    return found


def _bare(finding: Finding) -> dict[str, Any]:
    """What figures need: no pictures, no details, nothing that a calibration added."""
    data = finding.to_dict()
    data |= {"pictures": [], "regions": [], "tracks": [], "details": {}}
    if finding.status is Status.OK and _added(finding):
        data |= {"llr": None, "error_rates": None}
    return data


def _added(finding: Finding) -> bool:
    """Whether the likelihood ratio comes from a stored calibration, not from the plugin itself."""
    return "conditions" in (finding.error_rates or {})
