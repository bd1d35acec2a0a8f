"""What a study says of one detector, in the form that its card keeps."""

from __future__ import annotations

from detectors.calibration.model import AS_RECEIVED, EQUALISED
from detectors.card import Card
from detectors.evaluation.study import Study
from detectors.strength import CHANCE, Strength

COMMAND = "probity evaluate"


def strength_of(study: Study, card: Card, *, name: str) -> Strength | None:
    """On equalised copies where there are any, else on the files themselves; None where one of the
    classes is missing."""
    for form in (EQUALISED, AS_RECEIVED):
        found = study.detector(card.id, form) if form in study.scored else None
        if found is None:
            continue
        leak = next(iter(study.leaks(form, card.modality)), None)
        low, high = found.table["auc_ci"]
        auc = found.table["auc"]
        return Strength(
            set=f"{name}, {form}",
            auc=auc,
            # resampling may miss the figure itself by a hair
            low=min(low, auc),
            high=max(high, auc),
            real=found.table["n_real"],
            fake=found.table["n_fake"],
            abstained=found.table["n_abstained"],
            leak=round(max(leak.auc, CHANCE), 4) if leak else CHANCE,
            command=COMMAND,
        )
    return None
