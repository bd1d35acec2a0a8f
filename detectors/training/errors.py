"""What can be refused when a network is trained."""

from __future__ import annotations

from typing import ClassVar

from detectors.api import DetectorError


class DataUnusable(DetectorError):
    """The training data cannot be used as they are; the sentence says what to correct."""

    code: ClassVar[str] = "training-data-unusable"


class RecipeInvalid(DetectorError):
    """The recipe breaks its own rules; the sentence names file and key."""

    code: ClassVar[str] = "training-recipe-invalid"


class TorchMissing(DetectorError):
    """Training needs a library that is not installed here."""

    code: ClassVar[str] = "training-torch-missing"
