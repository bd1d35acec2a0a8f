"""What the detectors said, as a person reads it in a terminal, and their pictures as files."""

from __future__ import annotations

from pathlib import Path

from detectors.api import Finding, Picture, Report, Status
from detectors.card import Card
from detectors.registry import Entry, entries
from foundation.terminal import emit, table

OUTCOMES = {Status.OK: "measured", Status.ABSTAINED: "abstained", Status.FAILED: "failed"}


def show(path: Path, report: Report, *, written: list[str]) -> None:
    """The assessment in a sentence, then a table of the findings, measured ones first."""
    emit(f"{path}")
    emit(report.assessment.sentence)
    if report.findings:
        order = list(OUTCOMES)
        found = sorted(report.findings, key=lambda each: (order.index(each.status), each.detector))
        names = {entry.id: entry.card.name for entry in entries() if entry.card}
        rows = [_row(finding, name=names.get(finding.detector, "")) for finding in found]
        table(("detector", "outcome", "what it says", "score", "weight"), rows)
    captions = {
        picture_name(report, finding, picture, path=path): picture.caption
        for finding in report.findings
        for picture in finding.pictures
    }
    for name in written:
        emit(f"wrote {name}")
        if name in captions:
            emit(f"  {captions[name]}")
    emit("")


def _row(finding: Finding, *, name: str) -> tuple[str, str, str, str, str]:
    places = [f"{track.start:.2f}-{track.end:.2f} s: {track.label}." for track in finding.tracks]
    places += [
        f"{region.width} x {region.height} pixels at {region.x}, {region.y}: {region.label}."
        for region in finding.regions
    ]
    words = "\n".join([finding.sentence, *places])
    title = f"{name}\n{finding.detector}".strip()
    return title, _outcome(finding), words, _score(finding), _weight(finding)


def _outcome(finding: Finding) -> str:
    return OUTCOMES[finding.status] + (f" ({finding.cause})" if finding.cause else "")


def _score(finding: Finding) -> str:
    if finding.score is None or finding.score_range is None:
        return ""
    low, high = finding.score_range
    return f"{finding.score:.3g}\nof {low:g} to {high:g}"


def _weight(finding: Finding) -> str:
    if finding.status is not Status.OK:
        return "none"
    return "informs only" if finding.llr is None else f"log LR {finding.llr:+.2f}"


def write_pictures(report: Report, *, path: Path, out: Path) -> list[str]:
    """Write the findings' pictures into ``out``; their file names."""
    out.mkdir(parents=True, exist_ok=True)
    written = []
    for finding in report.findings:
        for picture in finding.pictures:
            name = picture_name(report, finding, picture, path=path)
            (out / name).write_bytes(picture.data)
            written.append(name)
    return written


def picture_name(report: Report, finding: Finding, picture: Picture, *, path: Path) -> str:
    """The file name of a picture: files of one name from several folders must not overwrite one
    another's."""
    return f"{path.name}.{report.input_sha256[:8]}.{finding.detector}.{picture.name}.png"


def show_list(listed: tuple[Entry, ...]) -> None:
    """The installed detectors; broken ones with their error."""
    table(
        ("id", "looks at", "speaks about", "calibrated", "from", "error"),
        [
            (
                entry.id,
                entry.card.modality if entry.card else "-",
                entry.card.speaks_about if entry.card else "-",
                "-" if entry.card is None else "yes" if entry.card.calibrated else "no",
                entry.distribution,
                entry.error or "",
            )
            for entry in listed
        ],
    )


def show_card(card: Card) -> None:
    """One card: what it measures, needs, cannot do, and how often it errs."""
    emit(f"{card.name} ({card.id} {card.version}, {card.licence})")
    emit(card.summary)
    emit(
        f"Looks at {card.modality}, speaks about the {card.speaks_about}: {card.evidence} evidence"
    )
    emit(f"Score from {card.score.low:g} to {card.score.high:g}: {card.score.meaning}")
    emit(f"Needs {_needs(card)}; runs on {' or '.join(card.runtime.devices)}, at most "
         f"{card.runtime.seconds} s.")  # fmt: skip
    emit("Limits:")
    for limit in card.limits:
        emit(f"  - {limit}")
    emit("Error rates:" if card.calibrated else "Error rates: not calibrated")
    for rate in card.error_rates:
        emit(f"  - {rate.measure} {rate.value:.3g} (95 % interval {rate.low:.3g} to "
             f"{rate.high:.3g}, n = {rate.n}), {rate.condition}: {rate.command}")  # fmt: skip
    emit("Told apart:" if card.strength else "Told apart: not measured")
    for one in card.strength:
        emit(f"  - {one.sentence} ({one.command}).")
    if card.better_than_chance is False:
        emit("It informs and carries no weight.")
    for citation in card.citations:
        emit(f"See: {citation}")


def _needs(card: Card) -> str:
    needs = card.needs
    named = [name for name in ("raw", "pixels", "jpeg_luma", "packets") if getattr(needs, name)]
    if needs.frames:
        rate = f"{needs.frames.fps:g} frames a second" if needs.frames.fps else "every frame"
        named.append(f"{rate} of {needs.frames.height} lines")
    if needs.audio:
        named.append(f"sound at {needs.audio.rate} Hz" if needs.audio.rate else "sound as it is")
    return ", ".join([*named, *needs.resources]) or "nothing but what the file says of itself"
