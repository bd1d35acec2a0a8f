"""Finding the credentials of a stripped copy among the works that were signed here."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import UUID

from foundation import child, fingerprint
from foundation.media import MediaRefusal
from probity.analysis.watermark_key import mark_keys
from provenance import soft_binding
from provenance.soft_binding import Binding, Match, Query, Record
from provenance.watermark import registry

from .models import Step, Work, WorkBinding
from .reading import LONG_CPU, LONG_WALL, marks
from .slots import check_slot

MOST = 10
ALGORITHM_MOST = 80


def algorithms() -> dict[str, list[str]]:
    """The algorithms that can be asked for: ``watermarks`` and ``fingerprints``."""
    return soft_binding.algorithms()


def matches_of(path: Path, *, seen: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Possible matches of a file, the surest first; ``seen`` is what was looked for inside it."""
    return [_told(match) for match in matches_find(query_of(path, seen=seen))]


def found_by_binding(*, algorithm: str, value: bytes, most: int) -> list[dict[str, Any]]:
    """Works with this binding, in the members of the Soft Binding Resolution API."""
    asked = soft_binding.query_of(Binding(algorithm=algorithm, value=value))
    return _resolved(matches_find(asked, most=most))


def found_by_content(
    path: Path, *, algorithm: str, hint: tuple[str, bytes] | None, most: int
) -> list[dict[str, Any]]:
    """Works that a file may be a copy of; ``algorithm`` narrows, ``hint`` adds what is known of it.

    Raises TooManyRequests when all slots for strangers' files are taken, and the media refusals.
    """
    with check_slot():
        asked = query_of(path, seen=marks(path, keys=mark_keys()))
    if algorithm:
        hashes = asked.hashes if algorithm == soft_binding.PDQ else ()
        held = tuple(mark for mark in asked.marks if mark.algorithm == algorithm)
        asked = replace(asked, hashes=hashes, marks=held)
    if hint:
        asked = replace(asked, marks=(*asked.marks, Binding(algorithm=hint[0], value=hint[1])))
    return _resolved(matches_find(asked, most=most))


def matches_now(path: Path) -> list[dict[str, Any]]:
    """Possible matches of a file, read here and now; raises what ``found_by_content`` raises."""
    with check_slot():
        seen = marks(path, keys=mark_keys())
        return matches_of(path, seen=seen)


def _resolved(matches: list[Match]) -> list[dict[str, Any]]:
    names = dict(
        Work.objects.filter(pk__in=[match.record.work for match in matches]).values_list(
            "pk", "manifest_id"
        )
    )
    return [
        {"manifestId": names[UUID(match.record.work)], "similarityScore": match.score}
        for match in matches
    ]


def query_of(path: Path, *, seen: list[dict[str, Any]]) -> Query:
    """What a copy can be found by: the marks inside it, and how it looks when it is a picture."""
    held = tuple(binding for mark in seen if (binding := _binding(mark)))
    try:
        with child.within(cpu_seconds=LONG_CPU, wall_seconds=LONG_WALL):
            turns = fingerprint.of_image(path)
    except MediaRefusal:
        return Query(marks=held)
    return Query(hashes=tuple(turn.hash for turn in turns), quality=turns[0].quality, marks=held)


def matches_find(asked: Query, *, most: int = MOST) -> list[Match]:
    """Possible matches among the works that are signed and still here, one a work at most."""
    found: dict[str, Match] = {}
    for match in soft_binding.find(asked, _records(asked)):
        found.setdefault(match.record.work, match)
    return list(found.values())[:most]


def _records(asked: Query) -> list[Record]:
    rows = WorkBinding.objects.filter(work__step=Step.DONE, work__withdrawn_at=None)
    wanted = rows.filter(value__in=[mark.value for mark in asked.marks])
    if asked.hashes:
        wanted = wanted | rows.filter(algorithm=soft_binding.PDQ)
    held: dict[tuple[UUID, str], list[Binding]] = defaultdict(list)
    for work, manifest, algorithm, value in wanted.values_list(
        "work_id", "work__manifest_sha256", "algorithm", "value"
    ):
        held[work, manifest].append(Binding(algorithm=algorithm, value=bytes(value)))
    return [
        Record(work=str(work), manifest_sha256=manifest, bindings=tuple(bindings))
        for (work, manifest), bindings in held.items()
    ]


def _binding(mark: dict[str, Any]) -> Binding | None:
    card = registry.find(str(mark["scheme"])).card
    if mark["status"] != "found" or not mark["payload"] or card is None or not card.algorithm:
        return None
    return Binding(algorithm=card.algorithm, value=bytes.fromhex(mark["payload"]))


def _told(match: Match) -> dict[str, Any]:
    """A match for anybody: what the signed manifest itself says of the work."""
    work = Work.objects.get(pk=match.record.work)
    summary = work.record.get("summary") or {}
    return {
        **match.to_dict(),
        "manifest_id": work.manifest_id,
        "title": work.outcome.get("title") or work.name,
        "signer": summary.get("signer"),
        "signed_at": work.outcome.get("signed_at"),
        "development": bool(work.outcome.get("development")),
    }
