"""Marks inside media: public ones of generators, keyed ones of an institution, and plugins."""

from __future__ import annotations

from provenance.watermark.api import (
    Detection,
    Marked,
    MarkedFile,
    Sample,
    Scheme,
    Status,
    TamperMap,
)
from provenance.watermark.door import detect, embed

__all__ = [
    "Detection",
    "Marked",
    "MarkedFile",
    "Sample",
    "Scheme",
    "Status",
    "TamperMap",
    "detect",
    "embed",
]
