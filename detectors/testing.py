"""A conformance suite for authors of detectors, used by the built-ins' own tests.

    from detectors.testing import check

    def test_it_conforms(tmp_path):
        good, bad = make_files(tmp_path)
        check("acme.sharpness", usable=[good], unusable=[bad])

Each check runs the detector in this process, on the sample that the runner would give it, and
raises :class:`NotConforming` with a sentence that says what to change.
"""

from __future__ import annotations

import locale
import os
import random
import socket
import sys
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from detectors.api import Finding, Status
from detectors.card import Card
from detectors.inside import measure
from detectors.registry import Entry, find, instantiate
from detectors.runner import digest, modalities
from detectors.sample import SharedSample
from foundation.media import Probe, inspect
from foundation.resources import Catalogue

PNG = b"\x89PNG\r\n\x1a\n"
LONGEST_SENTENCE = 600
VERDICTS = ("fake", "genuine", "authentic", "deepfake", "proves", "proof", "certainly")
"""Words that an uncalibrated measure may not use of a file."""


class NotConforming(AssertionError):
    """A detector breaks a rule of the interface."""


def check(
    detector_id: str, *, usable: Sequence[Path], unusable: Sequence[Path] = ()
) -> list[Finding]:
    """Run every check; returns the findings of the usable files.

    ``usable`` files must give status ok, ``unusable`` ones (too small, too short, the wrong
    coding) must give abstained. At least one usable file is needed.
    """
    entry = find(detector_id)
    _require(entry.card is not None, f"The card is not in order: {entry.error}")
    _require(bool(usable), "Give at least one file that the detector can measure.")
    findings = [_checked(entry, path, status=Status.OK) for path in usable]
    for path in unusable:
        _checked(entry, path, status=Status.ABSTAINED)
    return findings


def finding(entry: Entry, path: Path, *, probe: Probe | None = None) -> Finding:
    """What the detector says about a file, in this process; exceptions become a failed finding."""
    card = _card(entry)
    probe = probe or inspect(path)
    shared = SharedSample(path=path, probe=probe, needs=[card.needs])
    catalogue = Catalogue.load(entry.target.split(".")[0]) if card.needs.resources else None
    resources = {
        name: (catalogue.path(name), catalogue.get(name).sha256)
        for name in card.needs.resources
        if catalogue is not None
    }
    return measure(
        card=card,
        make=lambda: instantiate(entry.target),
        shared=shared,
        resources=resources,
        sha256=digest(path),
    )


def _checked(entry: Entry, path: Path, *, status: Status) -> Finding:
    card = _card(entry)
    probe = inspect(path)
    _require(card.modality in modalities(probe), f"{path.name} is not {card.modality}.")
    with _unchanged_surroundings(), _no_network():
        first = finding(entry, path, probe=probe)
    _require(
        first.status is status,
        f"{path.name}: {status.value} was expected, not {first.status.value}: {first.sentence}",
    )
    _check_shape(first, card=card)
    again = finding(entry, path, probe=probe)
    _require(
        _comparable(first) == _comparable(again),
        f"{path.name}: two runs differ. Take randomness from a generator with a fixed seed, and "
        "keep nothing between runs.",
    )
    return first


def _check_shape(found: Finding, *, card: Card) -> None:
    _check_words(found.sentence, calibrated=card.calibrated)
    if found.status is not Status.OK:
        _require(found.score is None and found.llr is None, "Only a measurement has a score.")
        return
    if found.score is not None:
        inside = card.score.low <= found.score <= card.score.high
        _require(inside, f"The score {found.score} is outside the card's range.")
    _require(found.llr is None or card.calibrated, "A likelihood ratio needs measured error rates.")
    _require(found.runtime.keys() == set(card.runtime.libraries), "The runtime is not recorded.")
    strengths = [region.strength for region in found.regions]
    strengths += [track.strength for track in found.tracks]
    for strength in strengths:
        _require(0 <= strength <= 1, f"The strength {strength} is not in [0, 1].")
    for track in found.tracks:
        _require(0 <= track.start <= track.end, f"The track {track} does not run forward from 0.")
    for picture in found.pictures:
        _require(picture.media_type == "image/png", "Pictures are PNG.")
        _require(picture.data.startswith(PNG), f"The picture {picture.name} is no PNG file.")
        _require(bool(picture.caption.strip()), f"The picture {picture.name} has no caption.")
    _require(Finding.from_dict(found.to_dict()) == found, "The finding does not survive transport.")


def _check_words(sentence: str, *, calibrated: bool) -> None:
    _require(sentence.strip() == sentence != "", "The sentence is empty or padded.")
    _require(sentence[0].isupper() and sentence.endswith("."), f"Not a sentence: {sentence!r}.")
    _require(len(sentence) <= LONGEST_SENTENCE, "The sentence is too long for a tired person.")
    words = {word.strip(".,;:()").lower() for word in sentence.split()}
    if not calibrated and (said := words & set(VERDICTS)):
        _require(False, f"An uncalibrated detector may not say {', '.join(sorted(said))}.")


def _comparable(found: Finding) -> dict[str, Any]:
    return replace(found, duration_ms=0).to_dict()


def _card(entry: Entry) -> Card:
    if entry.card is None:
        raise NotConforming(f"The card is not in order: {entry.error}")
    return entry.card


def _require(holds: bool, sentence: str) -> None:  # noqa: FBT001
    if not holds:
        raise NotConforming(sentence)


_STATE: dict[str, Callable[[], object]] = {
    "the working folder": Path.cwd,
    "the environment": lambda: dict(os.environ),
    "Python's random generator": random.getstate,
    "numpy's global random generator": lambda: repr(np.random.get_state()),
    "numpy's error handling": np.geterr,
    "the import path": lambda: list(sys.path),
    "the locale": lambda: locale.setlocale(locale.LC_ALL),
    "the warning filters": lambda: list(warnings.filters),
    "the recursion limit": sys.getrecursionlimit,
    "the standard streams": lambda: (sys.stdin, sys.stdout, sys.stderr),
}


@contextmanager
def _unchanged_surroundings() -> Iterator[None]:
    """A detector runs beside others: what it changes, they would meet."""
    before = {name: read() for name, read in _STATE.items()}
    yield
    changed = [name for name, read in _STATE.items() if read() != before[name]]
    _require(not changed, f"The detector changed {', '.join(changed)}; put it back or leave it.")


@contextmanager
def _no_network() -> Iterator[None]:
    """Every connection attempt is noted and refused, even one that the detector swallows."""
    attempts: list[str] = []

    def refuse(_socket: socket.socket, address: object, *_: object) -> None:
        attempts.append(str(address))
        raise PermissionError("A detector may not use the network.")

    class Guarded(socket.socket):
        connect = refuse
        connect_ex = refuse  # type: ignore[assignment]
        sendto = refuse  # type: ignore[assignment]

    original = socket.socket
    socket.socket = Guarded  # type: ignore[misc]
    try:
        yield
    finally:
        socket.socket = original  # type: ignore[misc]
    _require(not attempts, f"The detector tried to reach {', '.join(attempts)}.")
