"""An analysis in two sittings: what waits for networks, and how it ends once they have run."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import TYPE_CHECKING, Any

import msgpack  # type: ignore[import-untyped]
import numpy as np
from numpy.typing import NDArray

from detectors.api import Cause, DetectorError, Finding, Report, Status, Value
from detectors.assessment import Indication
from detectors.stacks import to_plain
from foundation import child
from foundation.errors import Refusal

if TYPE_CHECKING:
    from detectors.registry import Entry
    from foundation.media import Probe

CHILD = "detectors.inside:conclude"
MEMORY_BYTES = 2 * 1024**3
FORM = 1


class WaitingUnreadable(DetectorError):
    """What an analysis left for its second sitting cannot be read by this version."""

    code = "waiting-unreadable"

    def __init__(self) -> None:
        super().__init__("What the analysis had kept cannot be read any more; analyse it again.")


@dataclass(frozen=True, kw_only=True)
class Deferred:
    """A detector between its halves: its stacks {model: SHA-256}, what it kept, and how it ran."""

    detector: str
    stacks: Mapping[str, str]
    kept: Mapping[str, Any]
    duration_ms: float
    version: str = ""
    tolerance: float = 0.0
    precisions: tuple[str, ...] = ()
    resources: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, event: Mapping[str, Any]) -> Deferred:
        """From the child's event."""
        return cls(
            detector=event["detector"], stacks=event["stacks"], kept=event["kept"],
            duration_ms=event["duration_ms"],
        )  # fmt: skip

    def with_card(self, entry: Entry, resources: Mapping[str, tuple[str, str]]) -> Deferred:
        """With what only the parent knows."""
        card = entry.card
        if card is None or card.inference is None:
            raise DetectorError(f"The card of {self.detector} names no tolerance.")
        return replace(
            self,
            version=card.version,
            tolerance=card.inference.tolerance,
            precisions=card.inference.precisions,
            resources={name: sha for name, (_, sha) in resources.items()},
        )


@dataclass(frozen=True, kw_only=True)
class Ran:
    """One network's outputs for one stack, and where they come from.

    ``difference`` is the largest that was measured between this way of running it and the
    reference; ``failure`` is the sentence that says why there are no outputs.
    """

    outputs: NDArray[np.float32] | None
    runtime: str = ""
    version: str = ""
    device: str = ""
    precision: str = ""
    difference: float = 0.0
    sha256: str = ""
    failure: str = ""


def waiting_pack(report: Report, *, indications: Sequence[Indication]) -> bytes:
    """What the second sitting needs besides the networks' outputs."""
    findings = [replace(one, pictures=()).to_dict() for one in report.findings]
    body = {
        "form": FORM,
        "sha256": report.input_sha256,
        "findings": findings,
        "indications": [asdict(one) for one in indications],
        "deferred": [asdict(one) for one in report.deferred],
    }
    packed: bytes = msgpack.packb(body, use_bin_type=True)
    return packed


def waiting_conclude(
    data: bytes,
    *,
    ran: Mapping[tuple[str, str], Ran],
    probe: Probe,
    on_finding: Callable[[Finding], None],
) -> Report:
    """The second halves, in a child, and the assessment of everything.

    ``ran`` is by detector and model. Raises :class:`WaitingUnreadable`; every other trouble is a
    finding.
    """
    from detectors.calibration.apply import calibrated
    from detectors.fusion import assess

    body = _read(data)
    sha256 = body["sha256"]
    found: dict[str, Finding] = {}

    def add(finding: Finding) -> None:
        finding = calibrated(finding, probe=probe)
        found[finding.detector] = finding
        on_finding(finding)

    jobs = []
    for one in (Deferred(**raw) for raw in body["deferred"]):
        job = _job(one, {model: ran.get((one.detector, model)) for model in one.stacks})
        if isinstance(job, str):
            add(_failed(one, job, sha256=sha256))
        else:
            jobs.append((one, job))
    _run(jobs, sha256=sha256, add=add, found=found)
    earlier = [Finding.from_dict(raw) for raw in body["findings"]]
    findings = tuple(sorted((*earlier, *found.values()), key=lambda one: one.detector))
    indications = [Indication.from_dict(raw) for raw in body["indications"]]
    return Report(
        findings=findings,
        assessment=assess(findings, indications=indications),
        input_sha256=sha256,
    )


def _read(data: bytes) -> dict[str, Any]:
    try:
        body = msgpack.unpackb(data, raw=False, strict_map_key=True)
    except ValueError:
        raise WaitingUnreadable from None
    if not isinstance(body, dict) or body.get("form") != FORM:
        raise WaitingUnreadable
    return body


def _job(one: Deferred, ran: Mapping[str, Ran | None]) -> dict[str, Any] | str:
    """What the child is to do, or the sentence that says why it cannot be done."""
    from detectors.registry import find

    inference: dict[str, Any] = {}
    outputs: dict[str, Any] = {}
    runtime: dict[str, str] = {}
    devices = set()
    for model, result in ran.items():
        if result is None:
            return f"The network {model} was not run."
        if result.outputs is None:
            return f"The network {model} could not be run. {result.failure}"
        if not np.isfinite(result.outputs).all():
            return f"The network {model} returned numbers that are not finite."
        outputs[model] = result.outputs
        runtime |= {result.runtime: result.version, "precision": result.precision}
        devices.add(result.device)
        inference[model] = {
            "runtime": f"{result.runtime} {result.version}", "device": result.device,
            "precision": result.precision, "difference": result.difference,
            "tolerance": one.tolerance, "sha256": result.sha256,
        }  # fmt: skip
    try:
        entry = find(one.detector)
    except DetectorError as refusal:
        return refusal.sentence
    if entry.card is None or entry.card.version != one.version:
        return "The detector was replaced while its networks ran. Analyse the file again."
    return {
        "target": entry.target,
        "card": str(entry.card_path),
        "kept": one.kept,
        "outputs": to_plain(outputs),
        "duration_ms": one.duration_ms,
        "resources": dict(one.resources),
        "runtime": runtime,
        "device": ", ".join(sorted(devices)),
        "inference": inference,
        "seconds": entry.card.runtime.seconds,
    }


def _run(
    jobs: Sequence[tuple[Deferred, dict[str, Any]]],
    *,
    sha256: str,
    add: Callable[[Finding], None],
    found: Mapping[str, Finding],
) -> None:
    """One child after another, until every job has its finding; a death costs one of them."""
    left = list(jobs)
    while left:
        current: list[str] = []

        def heard(event: dict[str, Any], current: list[str] = current) -> None:
            if event.get("event") == "start":
                current[:] = [event["detector"]]
            elif event.get("event") == "finding":
                current.clear()
                add(Finding.from_dict(event["finding"]))

        seconds = sum(job["seconds"] for _, job in left)
        limits = child.Limits(
            memory_bytes=MEMORY_BYTES, cpu_seconds=2 * seconds, wall_seconds=seconds
        )
        trouble = "It ended without a result."
        try:
            payload = {"jobs": [job for _, job in left], "sha256": sha256}
            child.call(CHILD, payload, limits=limits, on_event=heard)
        except Refusal as refusal:
            trouble = refusal.sentence
        left = [(one, job) for one, job in left if one.detector not in found]
        guilty = [one for one, _ in left if one.detector in current] or [one for one, _ in left]
        for one in guilty:
            sentence = f"The detector brought its process down. {trouble}"
            add(_failed(one, sentence, sha256=sha256, cause=Cause.CRASH))
        left = [(one, job) for one, job in left if one.detector not in found]


def _failed(
    one: Deferred, sentence: str, *, sha256: str, cause: Cause = Cause.ERROR
) -> Finding:  # fmt: skip
    parameters: dict[str, Value] = {}
    return Finding(
        detector=one.detector,
        version=one.version,
        status=Status.FAILED,
        cause=cause,
        sentence=sentence,
        resources=dict(one.resources),
        parameters=parameters,
        input_sha256=sha256,
        duration_ms=round(one.duration_ms),
    )
