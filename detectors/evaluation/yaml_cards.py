"""What was measured, written into a detector's card; the rest of the card is left as it is."""

from __future__ import annotations

import re
from dataclasses import asdict
from pathlib import Path
from typing import Any, ClassVar

import yaml

from detectors.api import DetectorError
from detectors.calibration.model import AS_RECEIVED, EQUALISED, Calibration
from detectors.card import NOT_CALIBRATED, load
from detectors.registry import find
from detectors.strength import Strength

MEASURES = {
    "false_alarm": "genuine files with a likelihood ratio above 1",
    "miss": "altered files with a likelihood ratio of at most 1",
}
COMMAND = "probity calibrate"
_BLOCK = re.compile(r"^error_rates:.*?(?=^[a-z_]+:|\Z)", re.MULTILINE | re.DOTALL)
_STRENGTH = re.compile(r"^strength:.*?(?=^[a-z_]+:|\Z)", re.MULTILINE | re.DOTALL)


class CardNotWritable(DetectorError):
    """The card has no block of error rates, or lies where it cannot be written."""

    code: ClassVar[str] = "card-not-writable"


def rewrite(detector_id: str, calibration: Calibration | None) -> None:
    """Replace the block ``error_rates`` of a card. Raises :class:`CardNotWritable`, and CardInvalid
    when the result would not be in order (the card is then as it was)."""
    path = _card_of(detector_id)
    block = _block("error_rates", rates(calibration))
    after, count = _BLOCK.subn(lambda _: block, path.read_text(encoding="utf-8"))
    if count != 1:
        raise CardNotWritable(f"{path} must have one block 'error_rates'; it has {count}.")
    _write(path, after)


def state(detector_id: str, measured: Strength) -> None:
    """Write a measurement into a card's block ``strength``, over an earlier one on the same set.
    Raises as :func:`rewrite` does."""
    path = _card_of(detector_id)
    card = load(path)
    kept = [one for one in card.strength if one.set != measured.set]
    block = _block("strength", [asdict(one) for one in (*kept, measured)])
    before = _STRENGTH.sub("", path.read_text(encoding="utf-8"))
    after, count = _BLOCK.subn(lambda found: found.group() + block, before)
    if count != 1:
        raise CardNotWritable(f"{path} must have one block 'error_rates'; it has {count}.")
    _write(path, after)


def _card_of(detector_id: str) -> Path:
    path = find(detector_id).card_path
    if path is None:
        raise CardNotWritable(f"{detector_id} has no card that could be written.")
    return path


def _block(name: str, value: Any) -> str:
    return yaml.safe_dump({name: value}, sort_keys=False, allow_unicode=True, width=96)


def _write(path: Path, after: str) -> None:
    draft = path.with_suffix(".draft")
    try:
        draft.write_text(after, encoding="utf-8")
        load(draft)
        draft.replace(path)
    except OSError as error:
        raise CardNotWritable(f"{path} could not be written: {error}.") from error
    finally:
        draft.unlink(missing_ok=True)


def rates(calibration: Calibration | None) -> Any:
    """What a card says: ``not calibrated``, or the rates over the whole set."""
    if calibration is None:
        return NOT_CALIBRATED
    return [
        {
            "condition": rate.condition,
            "measure": MEASURES[rate.measure],
            "value": rate.value,
            "low": rate.low,
            "high": rate.high,
            "n": rate.n,
            "command": f"{COMMAND} ({calibration.data.name}, {calibration.date})",
        }
        for rate in calibration.rates
        if rate.condition in (AS_RECEIVED, EQUALISED)
    ]
