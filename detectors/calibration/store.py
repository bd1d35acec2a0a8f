"""Calibrations as JSON files, read strictly: an unknown or missing key refuses the file.

Those that come with Probity lie in ``fitted/``. Your own, stored by ``probity calibrate``, lie in
``calibration/`` under the state folder and go first.
"""

from __future__ import annotations

import itertools
import json
import math
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any, ClassVar, TypeVar

from detectors.api import DetectorError, Direction
from detectors.calibration.model import Calibration, Data, Rate
from foundation.home import home

SCHEMA = "probity-calibration/1"
SHIPPED = Path(__file__).parent / "fitted"

T = TypeVar("T")
_read: dict[tuple[str, float, int], Calibration] = {}


class CalibrationInvalid(DetectorError):
    """A stored calibration is damaged or of another form; the sentence names file and key."""

    code: ClassVar[str] = "calibration-invalid"


def own_folder() -> Path:
    """Where ``probity calibrate`` stores by default."""
    return home() / "calibration"


def of(detector_id: str, version: str) -> Calibration | None:
    """The calibration of exactly this version of a detector, or None.

    A new version of a detector measures something else: its old calibration does not serve.
    Raises :class:`CalibrationInvalid`.
    """
    for folder in (own_folder(), SHIPPED):
        path = path_in(folder, detector_id)
        if path.is_file():
            found = load(path)
            if (found.detector, found.version) == (detector_id, version):
                return found
    return None


def path_in(folder: Path, detector_id: str) -> Path:
    """The file of a detector's calibration in a folder."""
    return folder / f"{detector_id}.json"


def load(path: Path) -> Calibration:
    """Read one file; kept until it changes. Raises :class:`CalibrationInvalid`."""
    try:
        state = path.stat()
        key = (str(path), state.st_mtime, state.st_size)
        if key not in _read:
            _read[key] = parse(json.loads(path.read_text(encoding="utf-8")), where=str(path))
        return _read[key]
    except (OSError, UnicodeDecodeError, ValueError) as error:
        raise CalibrationInvalid(f"{path} is no readable calibration: {error}.") from error


def save(calibration: Calibration, *, folder: Path) -> Path:
    """Write one file, whole or not at all; returns where it is."""
    folder.mkdir(parents=True, exist_ok=True)
    path = path_in(folder, calibration.detector)
    draft = path.with_suffix(".draft")
    data = {"schema": SCHEMA, **asdict(calibration), "direction": calibration.direction.value}
    draft.write_text(
        json.dumps(data, indent=1, ensure_ascii=False, allow_nan=False) + "\n", encoding="utf-8"
    )
    draft.replace(path)
    return path


def parse(data: object, *, where: str) -> Calibration:
    """Check data that is already read. Raises :class:`CalibrationInvalid`."""
    values = _table(data, {"schema", *(field.name for field in fields(Calibration))}, where=where)
    if values.pop("schema") != SCHEMA:
        raise CalibrationInvalid(f"{where} does not follow {SCHEMA}; fit it again.")
    try:
        calibration = Calibration(
            **{
                **values,
                "direction": Direction(values["direction"]),
                "coefficients": _pair(values["coefficients"]) if values["coefficients"] else None,
                "points": tuple(_pair(point) for point in values["points"]),
                "bounds": {name: _pair(pair) for name, pair in values["bounds"].items()},
                "data": _data(values["data"], where=where),
                "auc": _triple(values["auc"]),
                "rates": tuple(_rate(rate, where=where) for rate in values["rates"]),
                "upper_95": {side: float(x) for side, x in values["upper_95"].items()},
                "limits": tuple(values["limits"]),
            }
        )
    except (TypeError, ValueError, AttributeError) as error:
        raise CalibrationInvalid(f"{where} holds a value of the wrong kind: {error}.") from error
    _check(calibration, where=where)
    return calibration


def _check(calibration: Calibration, *, where: str) -> None:
    rising = all(a[0] < b[0] and a[1] <= b[1] for a, b in _steps(calibration.points))
    flawed = {
        "method": calibration.method not in ("logistic", "isotonic"),
        "coefficients": (calibration.method == "logistic") is not bool(calibration.coefficients),
        "coefficients (slope)": bool(calibration.coefficients and calibration.coefficients[1] < 0),
        "points": not rising or (calibration.method == "isotonic" and not calibration.points),
        "bounds": any(low > 0 or high < 0 for low, high in calibration.bounds.values()),
        "bounds (as received)": "as received" not in calibration.bounds,
        "upper_95": set(calibration.upper_95) != {"altered", "unaltered"}
        or any(not 0 <= bound <= 1 for bound in calibration.upper_95.values()),
        "rates": any(
            not 0 <= rate.low <= rate.value <= rate.high <= 1 for rate in calibration.rates
        ),
        "cllr": not math.isfinite(calibration.cllr),
    }
    wrong = [name for name, is_wrong in flawed.items() if is_wrong]
    if wrong:
        raise CalibrationInvalid(f"{where}: {', '.join(wrong)} cannot be right; fit it again.")


def _steps(points: tuple[T, ...]) -> list[tuple[T, T]]:
    return list(itertools.pairwise(points))


def _table(data: object, keys: set[str], *, where: str) -> dict[str, Any]:
    if not isinstance(data, dict):
        raise CalibrationInvalid(f"{where} must hold a table of named values.")
    if missing := keys - data.keys():
        raise CalibrationInvalid(f"{where}: the key {', '.join(sorted(missing))} is missing.")
    if unknown := data.keys() - keys:
        raise CalibrationInvalid(f"{where}: unknown key {', '.join(sorted(unknown))}.")
    return dict(data)


def _data(data: object, *, where: str) -> Data:
    values = _table(data, {field.name for field in fields(Data)}, where=f"{where}: data")
    return Data(
        **{**values, "held_out": tuple(values["held_out"]), "files": tuple(values["files"])}
    )


def _rate(data: object, *, where: str) -> Rate:
    return Rate(**_table(data, {field.name for field in fields(Rate)}, where=f"{where}: rates"))


def _pair(value: Any) -> tuple[float, float]:
    first, second = value
    return float(first), float(second)


def _triple(value: Any) -> tuple[float, float, float]:
    first, second, third = value
    return float(first), float(second), float(third)
