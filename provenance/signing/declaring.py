"""What a signer declares, as a manifest's definition.

Actions: C2PA Technical Specification 2.2, section 18.15. Source types: IPTC NewsCodes, digital
source type. Training and mining: CAWG Training and Data Mining Assertion 1.1. Metadata: CAWG
Metadata Assertion 1.1.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from types import MappingProxyType
from typing import Any

from provenance.signing.api import AI, Work
from provenance.signing.errors import SettingInvalid
from provenance.soft_binding import Binding

ACTIONS = MappingProxyType(
    {
        "edited": "c2pa.edited",
        "cropped": "c2pa.cropped",
        "resized": "c2pa.resized",
        "turned": "c2pa.orientation",
        "colours": "c2pa.color_adjustments",
        "filtered": "c2pa.filtered",
        "enhanced": "c2pa.enhanced",
        "drawn": "c2pa.drawing",
        "text": "c2pa.addedText",
        "deleted": "c2pa.deleted",
        "trimmed": "c2pa.trimmed",
        "speed": "c2pa.changedSpeed",
        "dubbed": "c2pa.dubbed",
        "translated": "c2pa.translated",
        "converted": "c2pa.converted",
        "transcoded": "c2pa.transcoded",
        "repackaged": "c2pa.repackaged",
        "metadata": "c2pa.edited.metadata",
        "published": "c2pa.published",
        "unknown": "c2pa.unknown",
    }
)
"""Plain names of what may be said to have been done."""

SOURCES = MappingProxyType(
    {
        "camera": "digitalCapture",
        "phone": "computationalCapture",
        "screen": "screenCapture",
        "virtual": "virtualRecording",
        "negative": "negativeFilm",
        "positive": "positiveFilm",
        "print": "print",
        "person": "digitalCreation",
        "program": "algorithmicMedia",
        "data": "dataDrivenMedia",
        "composite": "composite",
        "captures": "compositeCapture",
        "synthetic": "compositeSynthetic",
    }
)
"""Plain names of how a new work was made: with a camera, with a phone that computes the picture
from several exposures, by a person with a program, by a program alone, and so on."""

_TERMS = "http://cv.iptc.org/newscodes/digitalsourcetype/"
_BY_AI = {
    AI.GENERATED: "trainedAlgorithmicMedia",
    AI.EDITED: "compositeWithTrainedAlgorithmicMedia",
    AI.NONE: "digitalCreation",
}
_RESERVED = ("cawg.ai_training", "cawg.ai_generative_training", "cawg.data_mining")
_LONGEST = 200
_MOST_ACTIONS = 40


@cache
def generator() -> dict[str, str]:
    """The claim generator: this program."""
    try:
        return {"name": "Probity", "version": version("probity-platform")}
    except PackageNotFoundError:
        return {"name": "Probity"}


def checked(work: Work) -> Work:
    """The same work, if every word of it is known. Raises SettingInvalid."""
    for name in work.actions:
        if name not in ACTIONS:
            raise SettingInvalid(f"There is no action {name!r}; there are {', '.join(ACTIONS)}.")
    if len(work.actions) > _MOST_ACTIONS:
        raise SettingInvalid(f"At most {_MOST_ACTIONS} actions can be declared.")
    if work.source is not None and work.source not in SOURCES:
        raise SettingInvalid(f"There is no source {work.source!r}; there are {', '.join(SOURCES)}.")
    if work.source is not None and work.ai in {AI.GENERATED, AI.EDITED}:
        raise SettingInvalid("Say how a work was made either by its source or by its use of AI.")
    for text in (work.title, work.author):
        if text is not None and not (text.strip() and text.isprintable() and len(text) <= _LONGEST):
            raise SettingInvalid(
                f"A title and an author are one line of at most {_LONGEST} characters."
            )
    return work


def created(work: Work) -> bool:
    """Whether something is said of how a new work came into being; if not, a file is taken as it
    was found, and nothing is claimed of its making."""
    return work.ai is not None or work.source is not None


def definition(
    work: Work, *, title: str, media_type: str, edit: bool, bindings: Sequence[Binding] = ()
) -> dict[str, Any]:
    """The manifest's definition; ``edit``: it has a parent, whose opening the library records."""
    return {
        "claim_version": 2,
        "title": title,
        "format": media_type,
        "claim_generator_info": [generator()],
        "assertions": [
            *_actions(work, edit=edit, marked=bool(bindings)),
            *([_training()] if work.do_not_train else ()),
            *([_author(work.author)] if work.author else ()),
            *(binding.assertion() for binding in bindings),
        ],
    }


def _actions(work: Work, *, edit: bool, marked: bool) -> list[dict[str, Any]]:
    listed: list[dict[str, Any]] = []
    if not edit:
        term = SOURCES[work.source] if work.source else _BY_AI[work.ai or AI.NONE]
        listed.append({"action": "c2pa.created", "digitalSourceType": _TERMS + term})
    listed += [{"action": ACTIONS[name]} for name in work.actions]
    if edit and work.ai in {AI.GENERATED, AI.EDITED}:
        term = _TERMS + _BY_AI[AI.EDITED]
        edits = [entry for entry in listed if entry["action"] == "c2pa.edited"]
        if not edits:
            listed.append({"action": "c2pa.edited"})
            edits = listed[-1:]
        edits[0]["digitalSourceType"] = term
    if marked:
        listed.append({"action": "c2pa.watermarked.bound"})
    return [{"label": "c2pa.actions.v2", "data": {"actions": listed}}] if listed else []


def _training() -> dict[str, Any]:
    entries = {purpose: {"use": "notAllowed"} for purpose in _RESERVED}
    return {"label": "cawg.training-mining", "data": {"entries": entries}}


def _author(name: str) -> dict[str, Any]:
    return {
        "label": "cawg.metadata",
        "kind": "Json",
        "data": {
            "@context": {"dc": "http://purl.org/dc/elements/1.1/"},
            "dc:creator": [name],
        },
    }
