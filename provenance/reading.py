"""Reading and judging a file's credentials. Runs in the child: its input is hostile.

What leaves this module is small, neutralised and made of plain values only.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from foundation import child
from provenance import anchoring, history, identity, library, record
from provenance.anchoring import ListAnchors
from provenance.errors import SidecarTooLarge
from provenance.failures import unread
from provenance.kinds import C2PA
from provenance.scan import Scan, scan
from provenance.signers import Signers, chains_of, parsed_time
from provenance.states import INVALID, Results, States

LARGEST_SIDECAR = 64 * 2**20
LISTS_WANTED = "lists_wanted"


@dataclass(frozen=True, kw_only=True)
class Question:
    """What was asked: a file of some kind, a manifest store beside it, lists and a day."""

    path: Path
    found: Scan
    store: bytes | None
    lists: tuple[ListAnchors, ...]
    as_of: datetime | None

    def read(
        self, *, anchors: str = "", identity: bool = True, whole: bool = False
    ) -> library.Reading:
        """The library's reading with these anchors; ``whole``: with the manifest store's bytes."""
        return library.read(
            self.path,
            anchors=anchors,
            identity=identity,
            sidecar=self.store,
            kind=self.found.kind,
            with_jumbf=whole,
        )


@dataclass(frozen=True, kw_only=True)
class Answer:
    """One reading without anchors, and the library's state under each list."""

    reading: library.Reading
    story: history.History
    signers: Signers
    by_list: dict[str, str]
    without_identity: dict[str, str | None]


def inspect(payload: dict[str, Any]) -> dict[str, Any]:
    """``payload``: path, sidecar (path or None), store (bytes fetched for the file, or None),
    lists (``TrustList.payload`` or ``reference``), as_of (ISO time or None). Returns the members of
    a CredentialRecord except those that only the parent knows, or ``{"lists_wanted": True}`` when
    a list came as a reference and is not known here yet.

    Raises SidecarTooLarge and OSError.
    """
    lists = anchoring.known(payload["lists"])
    if lists is None:
        return {LISTS_WANTED: True}
    store = payload.get("store") or sidecar_bytes(payload["sidecar"])
    return _inspected(Path(payload["path"]), payload, lists, store)


def inspect_each(payload: dict[str, Any]) -> dict[str, Any]:
    """``inspect`` for every one of ``paths``; each is an event as soon as it is there."""
    lists = anchoring.known(payload["lists"])
    if lists is None:
        return {LISTS_WANTED: True}
    for path in payload["paths"]:
        child.emit(_inspected(Path(path), payload, lists, None))
    return {}


def _inspected(
    path: Path, payload: dict[str, Any], lists: tuple[ListAnchors, ...], store: bytes | None
) -> dict[str, Any]:
    found = scan(path)
    question = Question(
        path=path, found=found, store=store, lists=lists, as_of=parsed_time(payload["as_of"])
    )
    told = {
        "sha256": found.sha256,
        "bytes": found.bytes,
        "media_type": found.kind,
        "versions": library.versions(),
    }
    answer = _answer(question)
    if isinstance(answer, library.Reading):
        return {**told, **unread(answer, lists=[entry["name"] for entry in payload["lists"]])}
    where = "embedded" if store is None else "sidecar"
    judged = record.build(answer, anchors=lists, lists=payload["lists"], as_of=question.as_of)
    return {**told, "credentials": where, **judged}


def sidecar_bytes(path: str | None) -> bytes | None:
    """The bytes of a sidecar; raises SidecarTooLarge and OSError."""
    if path is None:
        return None
    with Path(path).open("rb") as stream:
        data = stream.read(LARGEST_SIDECAR + 1)
    if len(data) > LARGEST_SIDECAR:
        raise SidecarTooLarge(
            f"The sidecar has more than {LARGEST_SIDECAR // 2**20} MB, which no manifest has."
        )
    return data


def _answer(question: Question) -> Answer | library.Reading:
    """The answer, or the reading that failed."""
    if question.found.kind == C2PA:
        return library.Reading(error="SidecarAlone")
    reading = question.read(whole=True)
    if reading.state is None:
        return reading
    story = history.build(reading.store)
    signers = Signers(
        story,
        chains_of(reading.jumbf),
        question.lists,
        store=reading.jumbf,
        moment=question.as_of,
    )
    return _by_list(question, reading, story, signers)


def _by_list(
    question: Question, reading: library.Reading, story: history.History, signers: Signers
) -> Answer:
    """What the reading means under each list; where it cannot tell, the list is read alone."""
    told = States(story, signers)
    results = Results.of(reading.store)
    sure = results.state == reading.state
    claimed = identity.any_failure(story)
    by_list: dict[str, str] = {}
    apart: dict[str, str | None] = {}
    for entry in question.lists:
        state = told.under(entry, results) if sure else None
        other = told.under(entry, results.apart()) if sure and claimed else None
        if state is None or (claimed and other is None):
            state, other = _alone(question, entry, signers, claimed=claimed)
        by_list[entry.name], apart[entry.name] = state, other
    if not by_list:
        by_list[""] = reading.state or INVALID
        apart[""] = _apart(question, reading, "") if claimed else None
    for label in story.manifests:
        if any(told.trusts(label, entry) for entry in question.lists):
            story.trust(label)
    return Answer(
        reading=reading, story=story, signers=signers, by_list=by_list, without_identity=apart
    )


def _alone(
    question: Question, entry: ListAnchors, signers: Signers, *, claimed: bool
) -> tuple[str, str | None]:
    """The states under one list, with and without identity, read with its own anchors."""
    anchors = entry.pem(signers.every_issuer())
    reading = question.read(anchors=anchors)
    return reading.state or INVALID, _apart(question, reading, anchors) if claimed else None


def _apart(question: Question, reading: library.Reading, anchors: str) -> str | None:
    """The state without CAWG identity."""
    results = Results.of(reading.store)
    if results.state == reading.state:
        return results.apart().state
    return question.read(anchors=anchors, identity=False).state
