"""A conformance suite for authors of detectors, used by the built-ins' own tests.

    from detectors.testing import check

    def test_it_conforms(tmp_path):
        good, bad = make_files(tmp_path)
        check("acme.sharpness", usable=[good], unusable=[bad])

The detector is run in this process, on the sample that the runner would give it, and again in the
confined one. Whatever breaks a rule raises :class:`NotConforming` with a sentence that says what to
change. Held are: determinism (twice, in another order, in another process), what the card promises
(needs, libraries, time, range), abstaining on unusable files and surviving odd ones, findings that
can be carried and read, no network, no programs started, nothing changed that others would meet.
"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from detectors.api import Cause, Finding, Status
from detectors.card import Card
from detectors.faces import LANDMARKER, YUNET
from detectors.inside import measure
from detectors.models.prepared import resources_of
from detectors.registry import Entry, find, instantiate
from detectors.runner import digest, modalities
from detectors.testing import odd, shape, truth
from detectors.testing.rules import NotConforming, require
from detectors.testing.shared import Confined, Recorded, Remembered
from detectors.testing.surroundings import no_network, unchanged
from foundation.media import Probe, inspect

__all__ = ["Confined", "NotConforming", "check", "finding"]


def check(
    detector_id: str,
    *,
    usable: Sequence[Path],
    unusable: Sequence[Path] = (),
    confined: Confined | None = None,
) -> list[Finding]:
    """Run every check; returns the findings of the usable files.

    ``usable`` files must give status ok, ``unusable`` ones (too small, too short, the wrong
    coding) must give abstained. At least one usable file is needed. ``confined`` is shared by the
    checks of several detectors on the same files, so that each file is opened once for all.
    """
    entry = find(detector_id)
    card = _card(entry)
    require(bool(usable), "Give at least one file that the detector can measure.")
    truth.check_imports(entry, card=card)
    asked: set[str] = set()
    findings = [_checked(entry, path, status=Status.OK, asked=asked) for path in usable]
    for path in unusable:
        _checked(entry, path, status=Status.ABSTAINED, asked=asked)
    truth.check_needs(card, asked=asked)
    _check_order(entry, usable[0], before=findings[0])
    for path, found in zip(usable, findings, strict=True):
        _check_confined(entry, path, found=found, confined=confined or Confined())
    _check_odd(entry)
    return findings


def finding(
    entry: Entry, path: Path, *, probe: Probe | None = None, asked: set[str] | None = None
) -> Finding:
    """What the detector says about a file, in this process; exceptions become a failed finding.

    The needs that it makes use of are added to ``asked``.
    """
    card = _card(entry)
    probe = probe or inspect(path)
    resources = {name: (Path(at), sha) for name, (at, sha) in resources_of(entry, card).items()}
    models = sorted(resources[name][1] for name in (YUNET, LANDMARKER) if name in resources)
    shared = Recorded(
        path=path,
        probe=probe,
        needs=[card.needs],
        asked=set() if asked is None else asked,
        memory=Remembered((digest(path), *models)),
    )
    return measure(
        card=card,
        make=lambda: instantiate(entry.target),
        shared=shared,
        resources=resources,
        sha256=digest(path),
    )


def _checked(entry: Entry, path: Path, *, status: Status, asked: set[str]) -> Finding:
    card = _card(entry)
    probe = inspect(path)
    require(card.modality in modalities(probe), f"{path.name} is not {card.modality}.")
    with unchanged(first_time=True), no_network():
        first = finding(entry, path, probe=probe, asked=asked)
    require(
        first.status is status,
        f"{path.name}: {status.value} was expected, not {first.status.value}: {first.sentence}",
    )
    shape.check(first, card=card)
    with unchanged(first_time=False), no_network():
        again = finding(entry, path, probe=probe)
    require(
        _comparable(first) == _comparable(again),
        f"{path.name}: two runs differ. Take randomness from a generator with a fixed seed, and "
        "keep nothing between runs.",
    )
    return first


def _check_order(entry: Entry, path: Path, *, before: Finding) -> None:
    require(
        _comparable(finding(entry, path)) == _comparable(before),
        f"{path.name}: after other files the finding is another one. Keep nothing between runs.",
    )


def _check_confined(entry: Entry, path: Path, *, found: Finding, confined: Confined) -> None:
    """The same in the process that the product uses, under its limits."""
    report = confined.report(path, detector_id=entry.id)
    [there] = [finding for finding in report.findings if finding.detector == entry.id]
    words = f"{path.name}: in the confined process it {there.status}: {there.sentence}"
    require(there.status is found.status, words)
    require(
        shape.alike(there, found),
        f"{path.name}: the confined process gives another finding than this one. Read no settings "
        "and no environment.",
    )


def _check_odd(entry: Entry) -> None:
    """Files at the edge of what there can be: measured or abstained, never failed."""
    card = _card(entry)
    with tempfile.TemporaryDirectory() as folder:
        for path in odd.files(card.modality, folder=Path(folder)):
            found = finding(entry, path)
            fine = found.status is not Status.FAILED or found.cause is Cause.DECODING
            require(fine, f"A file that is {path.stem}: the detector failed. {found.sentence}")
            shape.check(found, card=card)


def _comparable(found: Finding) -> dict[str, Any]:
    return replace(found, duration_ms=0).to_dict()


def _card(entry: Entry) -> Card:
    if entry.card is None:
        raise NotConforming(f"The card is not in order: {entry.error}")
    return entry.card
