"""The child's half of the runner: decode, measure, report each finding as it is ready."""

from __future__ import annotations

import faulthandler
import importlib.metadata
import os
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

import cv2

from detectors.api import (
    Abstain,
    Cause,
    DecodingFailed,
    Detector,
    DetectorBroken,
    Finding,
    Outcome,
    Picture,
    Status,
)
from detectors.card import Card, load
from detectors.faces import LANDMARKER, YUNET
from detectors.learned import Gathered, Learned
from detectors.promised import promised
from detectors.registry import instantiate
from detectors.remembering import Remembering
from detectors.sample import SharedSample
from detectors.stacks import digest, from_plain, pack, to_plain
from foundation.child import emit, lacked_memory
from foundation.errors import Refusal
from foundation.media import Probe

DISTRIBUTIONS = {"cv2": "opencv-python-headless", "PIL": "pillow", "yaml": "pyyaml"}
"""Import names whose distribution is called otherwise."""

LONGEST_ERROR = 400

PICTURE_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,59}")
"""Names become parts of file names."""


def run(payload: dict[str, Any]) -> None:
    """Work through ``payload["jobs"]``; events: start, decoding, finding, and those of faces.

    With ``payload["defer"]`` detectors in two halves stop in the middle: events stack, deferred.
    """
    cv2.setNumThreads(1)  # files are measured side by side, a core each
    jobs = [(job, load(Path(job["card"]))) for job in payload["jobs"]]
    patience = _Patience(decode_seconds=payload["decode_seconds"])
    shared = SharedSample(
        path=Path(os.fsdecode(payload["path"])),
        probe=Probe.from_dict(payload["probe"]),
        needs=[card.needs for _, card in jobs],
        resources={
            name: Path(at)
            for job, _ in jobs
            for name, (at, _) in job["resources"].items()
            if name in (YUNET, LANDMARKER)
        },
        progress=patience.decoding,
        memory=Remembering(payload),
    )
    for number, (job, card) in enumerate(jobs, start=1):
        emit({"event": "start", "detector": card.id})
        with patience.watching(card.runtime.seconds):
            found = measure_or_gather(
                card=card,
                make=lambda target=job["target"]: instantiate(target),  # type: ignore[misc]
                shared=shared,
                resources={name: (Path(at), sha) for name, (at, sha) in job["resources"].items()},
                sha256=payload["sha256"],
                defer=payload.get("defer", False),
            )
            if isinstance(found, Gathered):
                started = found.kept["started"]
                _hand_over(card, found, milliseconds=(time.perf_counter() - started) * 1000)
        if isinstance(found, Finding):
            emit({"event": "finding", "finding": found.to_dict()})
        del found
        shared.let_go([following.needs for _, following in jobs[number:]])


def conclude(payload: dict[str, Any]) -> None:
    """The second halves of ``payload["jobs"]``, once their networks ran; events: start, finding."""
    cv2.setNumThreads(1)
    patience = _Patience(decode_seconds=1)
    for job in payload["jobs"]:
        card = load(Path(job["card"]))
        emit({"event": "start", "detector": card.id})
        with patience.watching(card.runtime.seconds):
            emit({"event": "finding", "finding": _concluded(job, card, payload["sha256"])})


def _concluded(job: dict[str, Any], card: Card, sha256: str) -> dict[str, Any]:
    started = time.perf_counter()

    def work() -> Outcome:
        second: Any = instantiate(job["target"])
        kept, outputs = from_plain(job["kept"]), from_plain(job["outputs"])
        outcome: Outcome = second.conclude(kept, outputs, dict(card.parameters))
        return outcome

    done = _done(card=card, work=work)
    spent = job["duration_ms"] + (time.perf_counter() - started) * 1000
    finding = _finding(card, done, resources=job["resources"], sha256=sha256, spent=spent)
    finding = replace(
        finding,
        runtime=dict(job["runtime"]),
        device=job["device"],
        details={**finding.details, "inference": job["inference"]},
    )
    return finding.to_dict()


def _hand_over(card: Card, gathered: Gathered, *, milliseconds: float) -> None:
    """The tensors, each array once, and what the second half needs."""
    known: dict[int, str] = {}
    for stack in gathered.stacks.values():
        if id(stack) not in known:
            data = pack(stack)
            known[id(stack)] = digest(data)
            emit({"event": "stack", "sha256": known[id(stack)], "data": data})
    kept = {name: value for name, value in gathered.kept.items() if name != "started"}
    emit({
        "event": "deferred",
        "detector": card.id,
        "stacks": {model: known[id(stack)] for model, stack in gathered.stacks.items()},
        "kept": to_plain(kept),
        "duration_ms": round(milliseconds),
    })  # fmt: skip


def measure(
    *,
    card: Card,
    make: Callable[[], Detector],
    shared: SharedSample,
    resources: dict[str, tuple[Path, str]],
    sha256: str,
) -> Finding:
    """Run one detector on one sample, to its end."""
    found = measure_or_gather(
        card=card, make=make, shared=shared, resources=resources, sha256=sha256, defer=False
    )
    assert isinstance(found, Finding)  # noqa: S101 - only deferring gathers
    return found


def measure_or_gather(
    *,
    card: Card,
    make: Callable[[], Detector],
    shared: SharedSample,
    resources: dict[str, tuple[Path, str]],
    sha256: str,
    defer: bool,
) -> Finding | Gathered:
    """Run one detector on one sample; whatever it raises becomes a finding.

    With ``defer`` a detector in two halves whose card names a tolerance only gathers.
    """
    started = time.perf_counter()
    view = shared.view(
        needs=card.needs, resources={name: at for name, (at, _) in resources.items()}
    )
    gathered: list[Gathered] = []

    def work() -> Outcome:
        detector = make()
        if defer and card.inference is not None and isinstance(detector, Learned):
            gathered.append(detector.gather(view, dict(card.parameters)))
            return Outcome(sentence="")
        return detector.detect(view, dict(card.parameters))

    done = _done(card=card, work=work)
    if gathered:
        return replace(gathered[0], kept={**gathered[0].kept, "started": started})
    spent = (time.perf_counter() - started) * 1000
    digests = {name: sha for name, (_, sha) in resources.items()}
    return _finding(card, done, resources=digests, sha256=sha256, spent=spent)


def _finding(
    card: Card, done: _Done, *, resources: dict[str, str], sha256: str, spent: float
) -> Finding:
    outcome = done.outcome
    return Finding(
        detector=card.id,
        version=card.version,
        status=done.status,
        sentence=done.sentence,
        cause=done.cause,
        score=outcome.score if outcome else None,
        score_range=(card.score.low, card.score.high),
        direction=card.score.direction,
        llr=outcome.llr if outcome else None,
        error_rates=dict(outcome.error_rates) if outcome and outcome.error_rates else None,
        regions=outcome.regions if outcome else (),
        tracks=outcome.tracks if outcome else (),
        details=_details(card, done),
        pictures=done.pictures,
        resources=resources,
        parameters=dict(card.parameters),
        runtime=versions(card),
        device="cpu",
        input_sha256=sha256,
        duration_ms=round(spent),
    )


def _details(card: Card, done: _Done) -> dict[str, Any]:
    nothing = {} if done.status is Status.OK else promised(card.id)
    return nothing | done.details | _told_apart(card, done)


def _told_apart(card: Card, done: _Done) -> dict[str, Any]:
    """A score says along with it when it is known to rank files no better than chance does."""
    known = card.better_than_chance
    scored = done.outcome is not None and done.outcome.score is not None
    return {"better_than_chance": known} if scored and known is not None else {}


def versions(card: Card) -> dict[str, str]:
    """The libraries a card names, with their installed versions."""
    return {name: _version(name) for name in card.runtime.libraries}


@cache
def _version(library: str) -> str:
    """Read from the disk once in the life of the process."""
    try:
        return importlib.metadata.version(DISTRIBUTIONS.get(library, library))
    except importlib.metadata.PackageNotFoundError:
        return "unknown"


@dataclass(frozen=True, kw_only=True)
class _Done:
    """How a detector's call ended."""

    status: Status
    sentence: str
    cause: Cause | None = None
    outcome: Outcome | None = None
    details: dict[str, Any] = field(default_factory=dict)
    pictures: tuple[Picture, ...] = ()


def _done(*, card: Card, work: Callable[[], Outcome]) -> _Done:
    try:
        outcome = work()
        _keep_to_card(outcome, card=card)
    except Abstain as reason:
        return _Done(
            status=Status.ABSTAINED,
            sentence=reason.sentence,
            details=reason.details,
            pictures=reason.pictures,
        )
    except DecodingFailed as failure:
        return _failed(Cause.DECODING, failure.sentence)
    except MemoryError:
        return _failed(Cause.MEMORY, "The detector needed more memory than it is allowed.")
    except DetectorBroken as broken:
        return _failed(Cause.PLUGIN, broken.sentence)
    except Refusal as refusal:
        return _failed(Cause.ERROR, refusal.sentence)
    except (
        Exception,
        SystemExit,
    ) as error:  # a plugin may raise anything; only its own finding fails
        if lacked_memory(error):
            return _failed(Cause.MEMORY, "The detector needed more memory than it is allowed.")
        words = " ".join(f"{type(error).__name__}: {error}".split())[:LONGEST_ERROR]
        return _failed(Cause.ERROR, f"The detector stopped with an error ({words}).")
    return _Done(
        status=Status.OK,
        sentence=outcome.sentence,
        outcome=outcome,
        details=dict(outcome.details),
        pictures=outcome.pictures,
    )


def _failed(cause: Cause, sentence: str) -> _Done:
    return _Done(status=Status.FAILED, sentence=sentence, cause=cause)


def _keep_to_card(outcome: object, *, card: Card) -> None:
    if not isinstance(outcome, Outcome):
        raise TypeError(f"detect() returned {type(outcome).__name__} instead of Outcome")
    if outcome.score is not None and not card.score.low <= outcome.score <= card.score.high:
        raise ValueError(f"the score {outcome.score} lies outside the range on the card")
    if outcome.llr is not None and not card.calibrated:
        raise ValueError("a likelihood ratio was returned, but the card says not calibrated")
    for picture in outcome.pictures:
        if picture.media_type != "image/png" or not PICTURE_NAME.fullmatch(picture.name):
            raise ValueError(f"the picture {picture.name!r} is no PNG with a plain name")


class _Patience:
    """Ends the process from a C thread when a step lasts too long.

    A signal would wait for the interpreter, and a loop inside a C library never returns to it.
    """

    def __init__(self, *, decode_seconds: int) -> None:
        self._decode_seconds = decode_seconds
        self._left = float(decode_seconds)
        self._since = time.monotonic()

    @contextmanager
    def watching(self, seconds: int) -> Iterator[None]:
        self._left = float(seconds)
        self._arm(self._left)
        try:
            yield
        finally:
            faulthandler.cancel_dump_traceback_later()

    def decoding(self, what: str | None) -> None:
        """Decoding has its own budget, and a death during it is not the detector's fault.

        A detector that reads a stream goes to and fro; its own time adds up.
        """
        emit({"event": "decoding", "what": what})
        if what:
            self._left -= time.monotonic() - self._since
            self._arm(self._decode_seconds)
        else:
            self._arm(self._left)

    def _arm(self, seconds: float) -> None:
        self._since = time.monotonic()
        faulthandler.dump_traceback_later(max(0.1, seconds), exit=True, file=_nowhere())


@cache
def _nowhere() -> int:
    """Where nothing is written, opened once: this process looks at many files."""
    return os.open(os.devnull, os.O_WRONLY)
