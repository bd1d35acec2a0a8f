"""Calibrations out of a study: one per detector, or the reason why not."""

from __future__ import annotations

import datetime

from detectors.calibration.apply import conditions
from detectors.calibration.making import Made, Observation, Source, make
from detectors.calibration.model import AS_RECEIVED, EQUALISED
from detectors.card import Card
from detectors.evaluation.crossfit import LEARNED_FROM, suspicion_of
from detectors.evaluation.study import Study


def calibrations(study: Study, *, name: str) -> list[Made]:
    """Fit every detector that ran, on the files as received and equalised together: the same file
    must not change its weight because somebody saved it anew."""
    return [
        make(_observations(study, card), source=_source(study, card, name=name))
        for card in study.ran
    ]


def _observations(study: Study, card: Card) -> list[Observation]:
    return [
        Observation(
            sha256=one.sha256,
            fake=one.row.fake,
            group=one.row.group,
            generator=one.row.generator,
            variant=variant,
            suspicion=suspicion,
            conditions=tuple(conditions(one.probe, detector=card.id)) if one.probe else (),
        )
        for variant in LEARNED_FROM
        for one in study.scored.get(variant, ())
        for finding in one.findings
        if finding.detector == card.id and (suspicion := suspicion_of(finding)) is not None
    ]


def _source(study: Study, card: Card, *, name: str) -> Source:
    variant = EQUALISED if study.detector(card.id, EQUALISED) else AS_RECEIVED
    return Source(
        detector=card.id,
        version=card.version,
        direction=card.score.direction,
        parameters=card.parameters,
        name=name,
        date=datetime.datetime.now(tz=datetime.UTC).date().isoformat(),
        leaks={leak.name: leak.auc for leak in study.leaks(variant, card.modality)},
    )
