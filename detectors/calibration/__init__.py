"""From a score to a log-likelihood ratio: versioned, with the error rates that were measured.

``of(detector_id, version)`` gives the calibration that is in use, or None; see :mod:`.model` for
what it holds and :mod:`.fit` for how it comes about.
"""

from __future__ import annotations

from detectors.calibration.model import Calibration, Data, Rate
from detectors.calibration.store import of

__all__ = ["Calibration", "Data", "Rate", "of"]
