"""One evaluation from manifest to figures: measure all forms, weigh, compare with the leaks."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, TypeVar

from detectors.api import Finding, Status
from detectors.calibration.making import digest
from detectors.calibration.model import AS_RECEIVED, EQUALISED
from detectors.card import Card, Modality
from detectors.evaluation.crossfit import Ratios, ratios, suspicion_of
from detectors.evaluation.figures import Figures, Judged, figures
from detectors.evaluation.leaks import Leak, leaks
from detectors.evaluation.manifest import Manifest, Row
from detectors.evaluation.scoring import Book, Scored, chosen, score
from detectors.evaluation.variants import RECEIVED, Common, Variant, common, degraded, equalised
from detectors.fusion import assess

T = TypeVar("T")
Progress = Callable[[str, float, float], None]
"""What is measured, how many files are done, of how many."""


@dataclass(frozen=True, kw_only=True)
class Options:
    """What to measure: detectors by id (none: all), degradations, with or without the equalised
    form; ``out`` keeps results between runs."""

    only: tuple[str, ...] = ()
    degrade: str = ""
    equalise: bool = True
    out: Path | None = None


@dataclass(frozen=True, kw_only=True)
class Study:
    """Everything that was measured, by form."""

    manifest: Manifest
    cards: tuple[Card, ...]
    scored: dict[str, tuple[Scored, ...]]
    shared: Common
    ratios: dict[str, Ratios] = field(default_factory=dict)
    _kept: dict[object, Any] = field(default_factory=dict, repr=False)

    @property
    def degraded(self) -> list[str]:
        """The names of the degraded forms."""
        return [name for name in self.scored if name not in (AS_RECEIVED, EQUALISED)]

    def of(self, variant: str, modality: Modality) -> list[Scored]:
        """The readable files of a modality in a form."""
        found = self.scored.get(variant, ())
        return [one for one in found if one.row.modality == modality and one.refused is None]

    @functools.cached_property
    def digest(self) -> str:
        """SHA-256 over the files' digests and labels."""
        return digest({one.sha256: one.row.fake for one in self.scored[AS_RECEIVED]}.items())

    def leaks(self, variant: str, modality: Modality) -> list[Leak]:
        """The leak probes over a form, strongest first."""
        return self._once(("leaks", variant, modality), lambda: leaks(self.of(variant, modality)))

    def refused(self, variant: str) -> dict[str, str]:
        """Files without any finding in a form, with the sentence why."""
        return {one.row.name: one.refused for one in self.scored.get(variant, ()) if one.refused}

    @property
    def modalities(self) -> list[Modality]:
        """Those of the manifest."""
        return sorted({row.modality for row in self.manifest.rows})

    @property
    def ran(self) -> list[Card]:
        """The detectors that fitted at least one file."""
        seen = {
            finding.detector for several in self.scored.values() for one in several
            for finding in one.findings
        }  # fmt: skip
        return [card for card in self.cards if card.id in seen]

    def detector(self, detector_id: str, variant: str) -> Figures | None:
        """The figures of one detector over a form."""
        return self._once(
            (detector_id, variant), lambda: figures(list(self._judged(detector_id, variant)))
        )

    def _judged(self, detector_id: str, variant: str) -> Iterable[Judged]:
        by_key = self.ratios[detector_id].by_key
        for one in self.scored.get(variant, ()):
            finding = next((f for f in one.findings if f.detector == detector_id), None)
            if finding is not None:
                yield Judged(
                    fake=one.row.fake,
                    generator=one.row.generator,
                    rank=suspicion_of(finding),
                    llr=by_key.get((one.sha256, variant)),
                )

    def fused(self, variant: str, modality: Modality) -> Figures | None:
        """The figures of the assessments over a form."""
        return self._once(
            ("fused", variant, modality),
            lambda: figures([self._assessed(one) for one in self.of(variant, modality)], even=0.0),
        )

    def _once(self, key: object, make: Callable[[], T]) -> T:
        """Intervals are costly, and several readers ask."""
        if key not in self._kept:
            self._kept[key] = make()
        kept: T = self._kept[key]
        return kept

    def _assessed(self, one: Scored) -> Judged:
        assessment = assess([self._weighed(finding, one) for finding in one.findings])
        llr = None if assessment.abstained else assessment.llr
        return Judged(fake=one.row.fake, generator=one.row.generator, rank=llr, llr=llr or 0.0)

    def _weighed(self, finding: Finding, one: Scored) -> Finding:
        known = self.ratios[finding.detector]
        if finding.status is not Status.OK or not known.weighed:
            return replace(finding, llr=None)
        return replace(finding, llr=known.by_key.get((one.sha256, one.variant)))


def run(manifest: Manifest, *, options: Options, progress: Progress) -> Study:
    """Measure the set. Raises DetectorUnknown, VariantUnknown."""
    cards = chosen(options.only)
    degradations = degraded(options.degrade)
    book = Book(options.out)
    measure = functools.partial(_measure, manifest.rows, cards=cards, book=book, progress=progress)
    scored = {AS_RECEIVED: measure(variant=RECEIVED)}
    shared = _common(scored[AS_RECEIVED])
    wanted = [equalised(shared)] if options.equalise else []
    for variant in [*wanted, *degradations]:
        scored[variant.name] = measure(variant=variant)
    everything = [one for several in scored.values() for one in several]
    study = Study(manifest=manifest, cards=tuple(cards), scored=scored, shared=shared)
    study.ratios.update({card.id: ratios(card.id, everything) for card in study.ran})
    return study


def _measure(
    rows: Sequence[Row],
    *,
    variant: Variant,
    cards: Sequence[Card],
    book: Book,
    progress: Progress,
) -> tuple[Scored, ...]:
    total = sum(variant.fits(row.modality) for row in rows)
    done = 0

    def one_more(name: str) -> None:
        nonlocal done
        done += 1
        progress(f"{variant.name}: {name}", done, total)

    progress(variant.name, 0, total)
    return tuple(score(rows, variant=variant, cards=cards, book=book, on_done=one_more))


def _common(scored: Sequence[Scored]) -> Common:
    """The form that the files have in common; a set may have no pictures or no sound."""
    return common(
        short_sides=[
            min(one.probe.width, one.probe.height) for one in scored
            if one.row.modality is Modality.IMAGE and one.probe
            and one.probe.width and one.probe.height
        ],
        bandwidths=[
            one.traits["bandwidth"] for one in scored
            if one.row.modality is Modality.AUDIO and "bandwidth" in one.traits
        ],
    )  # fmt: skip


def table(study: Study) -> dict[str, Any]:
    """The whole result as JSON: see docs/reference/evaluation.md for every field."""
    return {
        "detectors": {card.id: _detector(study, card) for card in study.ran},
        "fused": _fused(study, AS_RECEIVED),
        "fused_equalised": _fused(study, EQUALISED),
        "fused_degraded": {name: _fused(study, name) for name in study.degraded},
        "leaks": _leaks(study, AS_RECEIVED),
        "leaks_equalised": _leaks(study, EQUALISED),
        "warnings": warnings(study),
        "set": {
            "digest": study.digest,
            "files": len(study.manifest.rows),
            "skipped": study.manifest.skipped,
            "grouped": study.manifest.grouped,
            "refused": {name: study.refused(name) for name in study.scored},
            "equalised_to": {"size": study.shared.size, "bandwidth": study.shared.bandwidth},
        },
    }


def _detector(study: Study, card: Card) -> dict[str, Any]:
    main = study.detector(card.id, AS_RECEIVED)
    equal = study.detector(card.id, EQUALISED)
    empty = {"n_real": 0, "n_fake": 0, "n_abstained": 0, "auc": None, "auc_ci": None, "eer": None,
             "cllr": None, "ece": None}  # fmt: skip
    return {
        **(main.table if main else _counts(study, card, empty)),
        "version": card.version,
        "likelihood_ratios": study.ratios[card.id].source,
        "weighed": study.ratios[card.id].weighed,
        "equalised": equal.table if equal else None,
        "degraded": {
            name: found.table for name in study.degraded if (found := study.detector(card.id, name))
        },
    }


def _counts(study: Study, card: Card, empty: dict[str, Any]) -> dict[str, Any]:
    """One class is missing: numbers of files, and no figure."""
    rows = [
        (one.row.fake, finding.status)
        for one in study.scored[AS_RECEIVED]
        for finding in one.findings
        if finding.detector == card.id
    ]
    return empty | {
        "n_real": sum(not fake for fake, _ in rows),
        "n_fake": sum(fake for fake, _ in rows),
        "n_abstained": sum(status is not Status.OK for _, status in rows),
    }


def _fused(study: Study, variant: str) -> dict[str, Any]:
    if variant not in study.scored:
        return {}
    found = {modality: study.fused(variant, modality) for modality in study.modalities}
    return {modality.value: one.table for modality, one in found.items() if one}


def _leaks(study: Study, variant: str) -> dict[str, Any]:
    if variant not in study.scored:
        return {}
    return {
        modality.value: {
            leak.name: {
                "auc": round(leak.auc, 4),
                "auc_ci": [round(end, 4) for end in leak.auc_ci],
                "n": leak.n,
            }
            for leak in study.leaks(variant, modality)
        }
        for modality in study.modalities
    }


def warnings(study: Study) -> list[str]:
    """Loud sentences: where a leak tells the classes apart at least as well as a detector."""
    found = []
    for variant in (AS_RECEIVED, EQUALISED):
        for modality in study.modalities if variant in study.scored else ():
            strongest = next(iter(study.leaks(variant, modality)), None)
            if strongest is None:
                continue
            beaten = _beaten(study, variant, modality, by=strongest.auc)
            if beaten:
                found.append(
                    f"LEAK: in the {modality} files {variant}, {strongest.name} alone gives AUC "
                    f"{strongest.auc:.3f}, no less than {', '.join(beaten)}. Do not quote these "
                    "figures as detection."
                )
    return found


def _beaten(study: Study, variant: str, modality: Modality, *, by: float) -> list[str]:
    """Whoever answered at all; what abstains throughout claims nothing."""
    shown = {
        card.id: study.detector(card.id, variant) for card in study.ran if card.modality == modality
    }
    shown["the assessment"] = study.fused(variant, modality)
    return [
        name
        for name, found in shown.items()
        if found and found.table["answered"] and found.table["auc"] <= by
    ]
