"""A small network of our own on the voice; see :mod:`detectors.audio.voice` and ``training/``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from detectors.api import Outcome, Sample, Value
from detectors.audio.voice import SpeechNetwork
from detectors.models.own import origin


class SyntheticSpeech(SpeechNetwork):
    """Adds to what every speech network says where this one was trained."""

    network = "own-speech"
    title = "Our own network"

    def detect(self, sample: Sample, parameters: Mapping[str, Value], /) -> Outcome:
        """As :class:`SpeechNetwork`; the details name the training."""
        outcome = super().detect(sample, parameters)
        about = origin(sample.model(self.network))
        words = f" The network was trained {about['trained']} ({about['date']})."
        return replace(
            outcome,
            sentence=outcome.sentence + words,
            details={**outcome.details, "network": about},
        )
