"""The stdlib verifier's checks, and those it has to leave: time-stamps and Content Credentials."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from foundation.bundle import standalone
from foundation.errors import Refusal
from foundation.time_stamps import roots_read, time_stamp_read
from probity_cli.bundle.checks import (
    FAILED,
    PASSED,
    UNCHECKED,
    Check,
    NoBundle,
    bundle_open,
    originals,
    records,
)
from probity_cli.bundle.credentials import credentials_again

LEFT = {"time-stamps", "content credentials"}


def verify_bundle(path: Path, *, key: str | None, roots: Sequence[Path]) -> list[Check]:
    """Everything that can be checked without the house; raises NoBundle."""
    try:
        report = standalone.verify(str(path), key)
    except standalone.Broken as broken:
        raise NoBundle(str(broken)) from None
    checks = [Check(**row) for row in report.rows if row["check"] not in LEFT]
    bundle = bundle_open(path)
    return [*checks, *_stamps(bundle, roots), *_credentials(bundle)]


def _stamps(bundle: standalone.Bundle, roots: Sequence[Path]) -> Iterator[Check]:
    names = [name for name in bundle.under("data/log/stamps/") if name.endswith(".tsr")]
    if not names:
        yield Check("time-stamps", UNCHECKED, "No outside authority stamped the checkpoint.")
        return
    try:
        trusted = [cert for root in roots for cert in roots_read(root.read_bytes())]
        note = bundle.read("data/log/checkpoint.note")
    except (Refusal, standalone.Broken) as problem:
        yield Check("time-stamps", FAILED, f"{problem}")
        return
    for name in names:
        try:
            stamp = time_stamp_read(bundle.read(name), data=note, roots=trusted)
        except Refusal as refusal:
            yield Check("time-stamps", FAILED, refusal.sentence)
            continue
        states = {True: PASSED, False: FAILED, None: UNCHECKED}
        words = f"The checkpoint existed at {stamp.at.isoformat()}. {stamp.why}".strip()
        yield Check("time-stamps", states[stamp.trusted], words)


def _credentials(bundle: standalone.Bundle) -> Iterator[Check]:
    recorded = list(_recorded(bundle))
    if not recorded:
        yield Check("content credentials", UNCHECKED, "No reading of credentials is recorded.")
        return
    with originals(bundle) as files:
        for sha256, said, run in recorded:
            path = files.get(sha256)
            if path is None:
                yield Check(
                    "content credentials", UNCHECKED, f"{sha256[:16]}… is not in this bundle."
                )
            else:
                yield credentials_again(
                    path, said, lists=bundle.json("data/trust/lists.json")["lists"],
                    day=run["ended_at"][:10],
                )  # fmt: skip


def _recorded(
    bundle: standalone.Bundle,
) -> Iterator[tuple[str, dict[str, Any], dict[str, Any]]]:
    """The last reading of each file: its SHA-256, what was read, and the run."""
    latest: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {}
    finished = [run for run in records(bundle, "runs") if run["state"] == "done"]
    for run in sorted(finished, key=lambda run: str(run["ended_at"])):
        for finding in run["vouched"]["findings"]:
            if finding["producer"] == "provenance.credentials":
                latest[run["asset"]] = (finding, run)
    for sha256, (finding, run) in sorted(latest.items()):
        yield sha256, finding, run
