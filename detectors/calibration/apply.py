"""The one place where a finding becomes weighed: score, card and probe in, likelihood ratio out."""

from __future__ import annotations

from dataclasses import replace

from detectors.api import Finding, Status
from detectors.calibration.model import Calibration
from detectors.calibration.store import CalibrationInvalid, of
from detectors.topics import topic_of
from foundation.media import Probe

LENGTHS = ((4.0, "length: under 4 s"), (15.0, "length: 4 to 15 s"))
LONGER = "length: over 15 s"


def calibrated(finding: Finding, *, probe: Probe) -> Finding:
    """The finding with ``llr`` and ``error_rates``, where its detector's version has a calibration.

    A plugin that brought its own stays as it is, and so does what only abstained or failed. A
    calibration that cannot be read carries no weight, and the details say so.
    """
    if finding.status is not Status.OK or finding.score is None or finding.llr is not None:
        return finding
    try:
        calibration = of(finding.detector, finding.version)
    except CalibrationInvalid as error:
        return replace(finding, details={**finding.details, "calibration": error.sentence})
    if calibration is None or not fits(calibration, finding):
        return finding
    names = conditions(probe, detector=finding.detector)
    rates = {**calibration.error_rates, "conditions": names}
    llr = round(calibration.llr(finding.score, names), 6)
    return replace(finding, llr=llr, error_rates=rates)


def fits(calibration: Calibration, finding: Finding) -> bool:
    """A run with other parameters measures something else, and so does a network that was run
    where its outputs stray further than the card allows."""
    inference = finding.details.get("inference", {})
    near = all(one["difference"] <= one["tolerance"] for one in inference.values())
    return near and calibration.parameters == finding.parameters


def conditions(probe: Probe, *, detector: str) -> list[str]:
    """What kind of file this is to a detector, in the names that error rates are kept under."""
    heard = topic_of(detector).subject == "voice"
    codec = (probe.codecs or (probe.format,))[-1 if heard else 0]
    names = [f"codec: {'pcm' if codec.startswith('pcm_') else codec}"]
    if probe.duration is not None:
        name = next((name for most, name in LENGTHS if probe.duration < most), LONGER)
        names.append(name)
    return names
