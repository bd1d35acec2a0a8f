"""The commands `probity detect` and `probity detectors`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from detectors.api import Finding, Report

_JSON = click.option("--json", "as_json", is_flag=True, help="One JSON object a line, no more.")


@click.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="FILE…")
@click.option("--only", multiple=True, metavar="ID", help="Run only this detector; repeatable.")
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help="Write the pictures of the findings into this folder.",
)
@_JSON
def detect(
    files: tuple[Path, ...], *, only: tuple[str, ...], out: Path | None, as_json: bool
) -> None:
    """Measure files with the detectors that fit them.

    Exit status 0 whatever was found, 2 when a file could not be read.
    """
    from foundation.errors import Refusal
    from foundation.terminal import Exit, emit_json, guarded, progress, say

    failed = False
    with guarded(), progress("Measuring", total=len(files)) as steps:
        for number, path in enumerate(files):
            steps.at(number, what=path.name)
            try:
                report = _report(path, only=only)
            except Refusal as refusal:
                failed = True
                say(f"{path}: {refusal.sentence}")
                if as_json:
                    emit_json({"file": str(path), "error": refusal.to_dict()})
                continue
            written = _write(report, path=path, out=out) if out else []
            if as_json:
                emit_json({"file": str(path), **report.to_json(), "written": written})
            else:
                _show(path, report, written)
    if failed:
        raise SystemExit(int(Exit.USAGE))


def _report(path: Path, *, only: tuple[str, ...]) -> Report:
    from detectors.api import DetectorError
    from detectors.runner import analyse
    from foundation.media import inspect

    if not path.is_file():
        raise DetectorError("There is no such file.")
    return analyse(path, probe=inspect(path), only=only or None)


def _write(report: Report, *, path: Path, out: Path) -> list[str]:
    out.mkdir(parents=True, exist_ok=True)
    written = []
    for finding in report.findings:
        for picture in finding.pictures:
            # files of one name from several folders must not overwrite one another's pictures
            name = f"{path.name}.{report.input_sha256[:8]}.{finding.detector}.{picture.name}.png"
            (out / name).write_bytes(picture.data)
            written.append(name)
    return written


def _show(path: Path, report: Report, written: list[str]) -> None:
    from foundation.terminal import emit

    emit(f"{path}: {report.assessment.sentence}")
    for finding in report.findings:
        emit(f"  {finding.detector}: {_words(finding)}")
        for track in finding.tracks:
            emit(f"    {track.start:.2f}-{track.end:.2f} s: {track.label}")
    for name in written:
        emit(f"  wrote {name}")


def _words(finding: Finding) -> str:
    status = "" if finding.status == "ok" else f"[{finding.status}] "
    score = "" if finding.score is None else f" (score {finding.score:g})"
    return f"{status}{finding.sentence}{score}"


@click.group()
def command() -> None:
    """See and check the installed detectors."""


@command.command(name="list")
@_JSON
def list_(*, as_json: bool) -> None:
    """All installed detectors, broken ones with their error."""
    from detectors.registry import entries
    from foundation.terminal import emit_json, guarded, table

    with guarded():
        rows = []
        for entry in entries():
            row: dict[str, Any] = {
                "id": entry.id,
                "from": entry.distribution,
                "modality": str(entry.card.modality) if entry.card else None,
                "calibrated": entry.card.calibrated if entry.card else None,
                "error": entry.error,
            }
            rows.append(row)
            if as_json:
                emit_json(row)
        if not as_json:
            table(
                ("id", "looks at", "calibrated", "from", "error"),
                [
                    (
                        row["id"], row["modality"] or "-", "yes" if row["calibrated"] else "no",
                        row["from"], row["error"] or "",
                    )
                    for row in rows
                ],
            )  # fmt: skip


@command.command()
@click.argument("detector")
@_JSON
def show(detector: str, *, as_json: bool) -> None:
    """One detector's card: what it measures, its limits, its error rates."""
    from detectors.api import DetectorBroken
    from detectors.registry import find
    from foundation.terminal import emit, emit_json, guarded

    with guarded():
        entry = find(detector)
        if entry.card is None:
            raise DetectorBroken(f"{detector} is broken: {entry.error}")
        card = entry.card.to_dict()
        if as_json:
            emit_json(card)
            return
        emit(f"{card['name']} ({card['id']} {card['version']})")
        emit(card["summary"].strip())
        emit("Limits:")
        for limit in card["limits"]:
            emit(f"  - {limit}")
        emit(f"Score: {card['score']['meaning'].strip()}")
        emit(f"Error rates: {card['error_rates']}")
        for citation in card["citations"]:
            emit(f"See: {citation.strip()}")


@command.command()
@click.argument("cards", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="CARD…")
@_JSON
def validate(cards: tuple[Path, ...], *, as_json: bool) -> None:
    """Check card files; exit status 1 when one breaks the rules."""
    from detectors.api import CardInvalid
    from detectors.card import load
    from foundation.terminal import Exit, emit, emit_json, guarded

    with guarded():
        broken = False
        for path in cards:
            try:
                card = load(path)
            except CardInvalid as error:
                broken = True
                row = {"file": str(path), "valid": False, "error": error.sentence}
                words = error.sentence
            else:
                row = {"file": str(path), "valid": True, "id": card.id, "version": card.version}
                words = f"{path}: in order ({card.id} {card.version})"
            if as_json:
                emit_json(row)
            else:
                emit(words)
        if broken:
            raise SystemExit(int(Exit.NEGATIVE))
