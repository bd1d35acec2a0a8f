"""The command `probity sign`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from provenance.signing.many import Choices, Outcome, Task

REFUSED = 2


@click.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="FILE…")
@click.option(
    "-o",
    "--output",
    "out",
    required=True,
    type=click.Path(path_type=Path),
    metavar="OUT",
    help="The signed file; a folder where several files or a folder are signed.",
)
@click.option("--identity", required=True, metavar="NAME", help="Who signs (probity identity).")
@click.option(
    "--action", "actions", multiple=True, metavar="ACTION",
    help="What was done: edited, cropped, colours, trimmed, published … (several may be given).",
)  # fmt: skip
@click.option(
    "--ai", type=click.Choice(["generated", "edited", "none"]), help="What part AI had in it."
)
@click.option(
    "--source", metavar="SOURCE",
    help="How a new work was made: camera, phone, screen, person, program, print …",
)  # fmt: skip
@click.option("--do-not-train", is_flag=True, help="Reserve AI training and data mining.")
@click.option(
    "--parent", type=click.Path(path_type=Path), metavar="F",
    help="The file it was made from. A file with credentials is its own parent.",
)  # fmt: skip
@click.option("--title", metavar="TEXT", help="Its title (the output's name).")
@click.option("--author", metavar="TEXT", help="Whom to name as its creator.")
@click.option("--sidecar", is_flag=True, help="Leave the content; credentials beside it (.c2pa).")
@click.option("--watermark", is_flag=True, help="Put in a mark that leads back to the credentials.")
@click.option(
    "--watermark-key", type=click.Path(path_type=Path), metavar="F",
    help="The institution's watermark key (probity watermark key).",
)  # fmt: skip
@click.option(
    "--timestamp-url", envvar="PROBITY_SIGNING_TIME_STAMP_URL", metavar="URL",
    help="An RFC 3161 time-stamp authority.",
)  # fmt: skip
@click.option("--overwrite", is_flag=True, help="Replace outputs that are there.")
@click.option("--jobs", type=click.IntRange(1, 256), metavar="N", help="Files at a time.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line, no more.")
def sign(files: tuple[Path, ...], *, out: Path, as_json: bool, **choices: Any) -> None:
    """Sign files with Content Credentials; folders go into the folder OUT.

    Each result is checked by our own verifier before it is kept; an output is whole or not there.
    A batch that was stopped goes on where it was when the same command is given again.

    Exit status 0 when everything is signed, 2 when a file was refused.
    """
    from foundation.terminal import guarded

    single = len(files) == 1 and not files[0].is_dir() and not out.is_dir()
    if not single and (choices["parent"] or choices["title"]):
        raise click.UsageError("--parent and --title belong to one file: give exactly one.")
    if choices["watermark_key"] and not choices["watermark"]:
        raise click.UsageError("--watermark-key belongs to --watermark.")
    with guarded():
        _sign(files, out, single=single, as_json=as_json, given=choices)


def _sign(
    files: tuple[Path, ...], out: Path, *, single: bool, as_json: bool, given: dict[str, Any]
) -> None:
    from foundation.terminal import emit_json, progress, say
    from provenance.signing.many import Task, tasks

    listed = [Task(path=files[0], out=out)] if single else tasks(files, out)
    chosen = _choices(given)
    refused, before, signed = 0, 0, 0
    with progress("Signing", total=len(listed)) as steps:
        for place, outcome in enumerate(_run(listed, out, chosen, given, single=single), 1):
            steps.at(place, what=outcome.task.path.name)
            refused += outcome.refusal is not None
            before += outcome.before is not None
            signed += outcome.signed is not None
            if as_json:
                emit_json(outcome.to_dict())
            if outcome.refusal is not None:
                say(f"{outcome.task.path}: {outcome.refusal.sentence}")
            elif not as_json:
                _show(outcome)
    if not single:
        say(f"{signed} signed, {before} were signed before, {refused} refused.")
    if refused:
        raise SystemExit(REFUSED)


def _run(
    listed: list[Task], out: Path, chosen: Choices, given: dict[str, Any], *, single: bool
) -> Iterator[Outcome]:
    from foundation.errors import Refusal
    from provenance.signing import sign as sign_one
    from provenance.signing.many import Outcome, sign_many

    if not single:
        yield from sign_many(listed, out, chosen, workers=given["jobs"])
        return
    task = listed[0]
    try:
        done = sign_one(
            task.path, task.out, signer=chosen.signer, work=chosen.work, sidecar=chosen.sidecar,
            mark=chosen.mark, time_stamp_url=chosen.time_stamp_url, overwrite=chosen.overwrite,
        )  # fmt: skip
        yield Outcome(task=task, signed=done)
    except Refusal as refusal:
        yield Outcome(task=task, refusal=refusal)


def _choices(given: dict[str, Any]) -> Choices:
    from provenance.identity_cli import opened
    from provenance.signing import AI, Work
    from provenance.signing.declaring import checked
    from provenance.signing.many import Choices

    work = checked(
        Work(
            actions=tuple(given["actions"]),
            ai=AI(given["ai"]) if given["ai"] else None,
            source=given["source"],
            do_not_train=given["do_not_train"],
            parent=given["parent"],
            title=given["title"],
            author=given["author"],
        )
    )
    return Choices(
        signer=opened(given["identity"]),
        work=work,
        sidecar=given["sidecar"],
        mark=_mark(given),
        time_stamp_url=given["timestamp_url"],
        overwrite=given["overwrite"],
    )


def _mark(given: dict[str, Any]) -> Any:
    if not given["watermark"]:
        return None
    from foundation.home import home
    from provenance.signing import Mark
    from provenance.watermark import keys

    place = given["watermark_key"] or home() / "watermark.key"
    if given["watermark_key"] is None and not place.exists():
        keys.make(place)
    return Mark(key=keys.load(place))


def _show(outcome: Outcome) -> None:
    from foundation.terminal import emit

    if outcome.signed is None:
        emit(f"{outcome.task.out}: was signed before.")
        return
    done = outcome.signed
    emit(f"{done.path}: {done.sentence}")
    for note in done.notes:
        emit(f"  {note}")
    if done.sidecar:
        emit(f"  The credentials lie in {done.sidecar}.")
    if done.time_stamp:
        emit(f"  Time-stamped at {done.time_stamp}.")
    for binding in done.soft_bindings:
        emit(f"  Marked with {binding['value']} ({binding['alg']}).")
