"""RawGAT-ST on the voice; see :mod:`detectors.audio.voice` and the card."""

from __future__ import annotations

from detectors.audio.voice import SpeechNetwork


class RawGatSt(SpeechNetwork):
    """The published network, unchanged."""

    network = "rawgat-st"
    title = "RawGAT-ST"
