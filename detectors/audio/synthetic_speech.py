"""A small network of our own on the voice; see :mod:`detectors.audio.voice` and ``training/``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from detectors.api import Outcome, Sample, Value
from detectors.audio.voice import SpeechNetwork
from detectors.learned import Gathered, Outputs
from detectors.models.own import origin


class SyntheticSpeech(SpeechNetwork):
    """Adds to what every speech network says where this one was trained."""

    network = "own-speech"
    title = "Our own network"

    def gather(self, sample: Sample, parameters: Mapping[str, Value], /) -> Gathered:
        """As :class:`SpeechNetwork`; where the network was trained is kept."""
        gathered = super().gather(sample, parameters)
        about = origin(sample.model(self.network))
        return replace(gathered, kept={**gathered.kept, "about": about})

    def conclude(
        self, kept: Mapping[str, Any], outputs: Outputs, parameters: Mapping[str, Value], /
    ) -> Outcome:
        """As :class:`SpeechNetwork`; the details name the training."""
        outcome = super().conclude(kept, outputs, parameters)
        about = kept["about"]
        words = f" The network was trained {about['trained']} ({about['date']})."
        return replace(
            outcome,
            sentence=outcome.sentence + words,
            details={**outcome.details, "network": about},
        )
