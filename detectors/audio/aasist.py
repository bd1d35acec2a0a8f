"""AASIST on the voice; see :mod:`detectors.audio.voice` and the card."""

from __future__ import annotations

from detectors.audio.voice import SpeechNetwork


class Aasist(SpeechNetwork):
    """The published network, unchanged."""

    network = "aasist"
    title = "AASIST"
