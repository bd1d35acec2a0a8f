"""Whether a finding keeps to its card, survives transport, and can be read by a tired person."""

from __future__ import annotations

import json
import math
from typing import Any

from detectors.api import Finding, Status
from detectors.card import Card
from detectors.testing.rules import NotConforming, require

PNG = b"\x89PNG\r\n\x1a\n"
LONGEST_SENTENCE = 600
MOST_PLACES = 100
MOST_PICTURES = 8
LARGEST_PICTURE = 4 * 1024**2
LARGEST_DETAILS = 256 * 1024
VERDICTS = ("fake", "genuine", "authentic", "deepfake", "proves", "proof", "certainly")
"""Words that an uncalibrated measure may not use of a file."""


def check(found: Finding, *, card: Card) -> None:
    """Raise :class:`NotConforming` for the first rule that the finding breaks."""
    _check_words(found.sentence, calibrated=card.calibrated)
    _check_transport(found)
    if found.status is not Status.OK:
        require(found.score is None and found.llr is None, "Only a measurement has a score.")
        return
    if found.score is not None:
        inside = card.score.low <= found.score <= card.score.high
        require(inside, f"The score {found.score} is outside the card's range.")
    require(found.llr is None or card.calibrated, "A likelihood ratio needs measured error rates.")
    require(found.runtime.keys() == set(card.runtime.libraries), "The runtime is not recorded.")
    longest = card.runtime.seconds * 1000
    require(found.duration_ms <= longest, "It took longer than the card's 'seconds' allow.")
    _check_places(found)
    _check_pictures(found)


def alike(one: Finding, other: Finding) -> bool:
    """The same measurement, but for the last digits of sums that were added up in another order.

    Weights are left out: the product gives them after the detector has spoken. Of pictures the
    names are compared.
    """
    return _near(_measured(one), _measured(other))


def _measured(found: Finding) -> dict[str, Any]:
    body = found.to_json()
    names = [picture["name"] for picture in body["pictures"]]
    left_out = ("llr", "error_rates", "duration_ms", "sentence", "reason")
    return {key: body[key] for key in body if key not in left_out} | {"pictures": names}


def _near(one: Any, other: Any) -> bool:
    if isinstance(one, float) and isinstance(other, int | float):
        return math.isclose(one, other, rel_tol=1e-5, abs_tol=1e-7)
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(_near(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(_near, one, other))
    return bool(one == other)


def _check_transport(found: Finding) -> None:
    require(Finding.from_dict(found.to_dict()) == found, "The finding does not survive transport.")
    try:
        body = json.dumps(found.to_json(), allow_nan=False)
    except (TypeError, ValueError) as error:
        raise NotConforming(f"The finding cannot be written as JSON: {error}.") from None
    require(len(body) <= LARGEST_DETAILS, "The finding says more than a report can hold.")


def _check_places(found: Finding) -> None:
    strengths = [region.strength for region in found.regions]
    strengths += [track.strength for track in found.tracks]
    for strength in strengths:
        require(0 <= strength <= 1, f"The strength {strength} is not in [0, 1].")
    require(len(strengths) <= MOST_PLACES, f"More than {MOST_PLACES} places are marked.")
    for track in found.tracks:
        require(0 <= track.start <= track.end, f"The track {track} does not run forward from 0.")
    for region in found.regions:
        placed = min(region.x, region.y) >= 0 and min(region.width, region.height) > 0
        require(placed, f"The region {region} does not lie in the picture.")


def _check_pictures(found: Finding) -> None:
    require(len(found.pictures) <= MOST_PICTURES, f"More than {MOST_PICTURES} pictures.")
    for picture in found.pictures:
        require(picture.media_type == "image/png", "Pictures are PNG.")
        require(picture.data.startswith(PNG), f"The picture {picture.name} is no PNG file.")
        require(bool(picture.caption.strip()), f"The picture {picture.name} has no caption.")
        small = len(picture.data) <= LARGEST_PICTURE
        require(small, f"The picture {picture.name} is larger than {LARGEST_PICTURE >> 20} MiB.")


def _check_words(sentence: str, *, calibrated: bool) -> None:
    require(sentence.strip() == sentence != "", "The sentence is empty or padded.")
    begun = sentence[0].isupper() or sentence[0].isdigit()
    require(begun and sentence.endswith("."), f"Not a sentence: {sentence!r}.")
    require(len(sentence) <= LONGEST_SENTENCE, "The sentence is too long for a tired person.")
    words = {word.strip(".,;:()").lower() for word in sentence.split()}
    if not calibrated and (said := words & set(VERDICTS)):
        require(False, f"An uncalibrated detector may not say {', '.join(sorted(said))}.")
