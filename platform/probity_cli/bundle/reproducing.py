"""Doing everything again from the bundle alone, and holding it against what was recorded."""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

from foundation.bundle import standalone
from foundation.errors import Refusal
from foundation.media import inspect
from probity_cli.bundle.checks import (
    FAILED,
    PASSED,
    UNCHECKED,
    Check,
    bundle_open,
    originals,
    records,
)
from probity_cli.bundle.credentials import credentials_again

#: What a detector on CPU may differ by: the interface promises the same output bit for bit.
TOLERANCE = 1e-9


def reproduce_bundle(path: Path) -> list[Check]:
    """Every finding, reading and evaluation again; raises NoBundle."""
    bundle = bundle_open(path)
    with originals(bundle) as files:
        checks = [check for run in _runs(bundle) for check in _run(bundle, run, files)]
    return [*checks, *_evaluations(bundle)]


def _runs(bundle: standalone.Bundle) -> list[dict[str, Any]]:
    return [run for run in records(bundle, "runs") if run["state"] == "done"]


def _run(bundle: standalone.Bundle, run: dict[str, Any], files: dict[str, Path]) -> Iterator[Check]:
    path = files.get(run["asset"])
    if path is None:
        words = f"{run['asset'][:16]}… is not in this bundle, so nothing can be repeated on it."
        yield Check("measurements", UNCHECKED, words)
        return
    findings = run["vouched"]["findings"]
    yield from _measured(path, [row for row in findings if row["kind"] == "detector"])
    for finding in findings:
        if finding["producer"] == "provenance.credentials":
            yield credentials_again(
                path, finding, lists=bundle.json("data/trust/lists.json")["lists"],
                day=run["ended_at"][:10],
            )  # fmt: skip
        if finding["producer"] == "provenance.metadata":
            yield _metadata(path, finding)


def _measured(path: Path, recorded: list[dict[str, Any]]) -> Iterator[Check]:
    from detectors import registry, runner

    installed = {entry.card.id: entry.card for entry in registry.usable() if entry.card}
    again: dict[str, dict[str, Any]] = {}
    wanted = {row["producer"] for row in recorded} & set(installed)
    if wanted:
        report = runner.analyse(path, probe=inspect(path), only=wanted)
        again = {finding.detector: finding.to_json() for finding in report.findings}
    for row in recorded:
        name = row["producer"]
        card = installed.get(name)
        if card is None or card.version != row["version"]:
            has = f"version {card.version}" if card else "no such detector"
            words = f"recorded with version {row['version']}; here there is {has}."
            yield Check(name, UNCHECKED, words)
            continue
        differing = list(_differing(row, again[name]))
        if differing:
            yield Check(name, FAILED, f"differs in {', '.join(differing)}.")
        else:
            yield Check(name, PASSED, f"{row['status']}, as recorded.")


def _differing(recorded: dict[str, Any], again: dict[str, Any]) -> Iterator[str]:
    said = dict(recorded["details"])
    details = dict(said.get("details") or {})
    networks = details.pop("inference", {})
    if networks:
        said["details"] = details
    # a score may be the difference of two outputs, each of which may stray by the card's tolerance
    within = max((2 * one["tolerance"] for one in networks.values()), default=TOLERANCE)
    exact = ("status", "input_sha256") if networks else ("status", "sentence", "input_sha256")
    for name in exact:
        if recorded[name] != again[name]:
            yield name
    for name in ("score", "llr"):
        was = None if recorded[name] == "None" else float(recorded[name])
        if not _near(was, again[name], within=within):
            yield name
    for name in ("regions", "tracks", "details"):
        if not _near(said.get(name, again.get(name)), again.get(name), within=within):
            yield name


def _near(was: Any, now: Any, *, within: float) -> bool:
    """Equal, numbers within the tolerance."""
    if isinstance(was, float) and isinstance(now, int | float) and not isinstance(now, bool):
        return math.isclose(was, now, rel_tol=TOLERANCE, abs_tol=within)
    if isinstance(was, list) and isinstance(now, list):
        pairs = zip(was, now, strict=False)
        return len(was) == len(now) and all(_near(*pair, within=within) for pair in pairs)
    if isinstance(was, dict) and isinstance(now, dict):
        return was.keys() == now.keys() and all(
            _near(was[key], now[key], within=within) for key in was
        )
    return bool(was == now)


def _metadata(path: Path, finding: dict[str, Any]) -> Check:
    from provenance import metadata

    try:
        record = metadata.read(path).to_dict()
    except Refusal as refusal:
        return Check("metadata", FAILED, refusal.sentence)
    if record["sentence"] == finding["sentence"]:
        return Check("metadata", PASSED, "reads as recorded.")
    if str(record.get("version", "1")) != finding["version"]:
        return Check("metadata", UNCHECKED, "was read with another version.")
    return Check("metadata", FAILED, "reads differently from what was recorded.")


def _evaluations(bundle: standalone.Bundle) -> Iterator[Check]:
    packs = {
        name.rpartition("/")[2].removesuffix(".json"): bundle.json(name)
        for name in bundle.under("data/packs/")
    }
    for row in records(bundle, "evaluations"):
        short = f"evaluation {row['id'][:8]}"
        missing = sorted(set(row["pack_digests"].values()) - packs.keys())
        if missing:
            yield Check(short, FAILED, f"{len(missing)} of its packs are not in the bundle.")
            continue
        documents = [packs[digest] for digest in row["pack_digests"].values()]
        yield _evaluated(short, row, documents)


def _evaluated(short: str, row: dict[str, Any], documents: list[dict[str, Any]]) -> Check:
    from policy import engine, loader
    from policy.api import Approval, Event, Fact, Source

    recorded = dict(row["result"])
    inputs = recorded.pop("inputs", {"events": {}, "approvals": []})
    try:
        result = engine.evaluate(
            [loader.pack_of(document, name="bundle") for document in documents],
            facts={
                name: Fact(name=name, value=said["value"], source=Source(said["source"]))
                for name, said in row["facts"].items()
            },
            at=datetime.fromisoformat(recorded["at"]),
            places=row["places"],
            received_at=datetime.fromisoformat(recorded["received_at"]),
            events={
                Event(name): datetime.fromisoformat(at) for name, at in inputs["events"].items()
            },
            approvals=[
                Approval(**{**said, "on": date.fromisoformat(said["on"])})
                for said in inputs["approvals"]
            ],
        ).record()
    except Refusal as refusal:
        return Check(short, FAILED, refusal.sentence)
    if result == recorded:
        applies = sum(rule["outcome"] == "applies" for rule in result["rules"])
        words = f"{len(result['rules'])} rules, {applies} apply, as recorded."
        return Check(short, PASSED, words)
    now = {rule["id"]: rule["outcome"] for rule in result["rules"]}
    other = [rule["id"] for rule in recorded["rules"] if now.get(rule["id"]) != rule["outcome"]]
    words = f"comes out differently{': ' + ', '.join(other) if other else ' in its words'}."
    return Check(short, FAILED, words)
