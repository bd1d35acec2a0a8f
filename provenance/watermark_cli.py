"""The commands `probity watermark embed|detect|key|list`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from provenance.watermark import Detection

UNREADABLE = 2
_ID_DIGITS = 16
_JSON = click.option("--json", "as_json", is_flag=True, help="One JSON object a line, no more.")
_PATH = click.Path(path_type=Path)


@click.group()
def command() -> None:
    """Marks inside media: an institution's own, and the public ones of generators."""


@command.command()
@click.argument("file", type=_PATH)
@click.option("-o", "--out", required=True, type=_PATH, metavar="OUT", help="The marked copy.")
@click.option("--key", "key_file", type=_PATH, metavar="FILE", help="The institution's key.")
@click.option("--id", "work_id", metavar="HEX", help="16 digits that name the work; else random.")
@click.option("--scheme", metavar="NAME", help="Else the one for this kind of media.")
@_JSON
def embed(
    *,
    file: Path,
    out: Path,
    key_file: Path | None,
    work_id: str | None,
    scheme: str | None,
    as_json: bool,
) -> None:
    """Put a mark into a copy of FILE and read it back; OUT's ending decides its form.

    Sign afterwards: credentials of FILE would no longer hold and are not copied.
    """
    from foundation.terminal import emit, emit_json, guarded

    with guarded():
        from provenance import watermark
        from provenance.watermark import keys, schemes

        key = keys.load(key_file) if key_file is not None else None
        chosen = scheme or schemes.fitting(file)
        payload = schemes.identifier(work_id, scheme=chosen)
        made = watermark.embed(file, out, scheme=chosen, payload=payload, key=key)
        if as_json:
            emit_json(made.to_dict())
        else:
            emit(f"{out}: {made.sentence}")


@command.command()
@click.argument("files", nargs=-1, required=True, type=_PATH, metavar="FILE…")
@click.option(
    "--key", "key_files", multiple=True, type=_PATH, metavar="FILE", help="A key to look with."
)
@click.option("--scheme", "schemes", multiple=True, metavar="NAME", help="Only this scheme.")
@_JSON
def detect(
    *, files: tuple[Path, ...], key_files: tuple[Path, ...], schemes: tuple[str, ...], as_json: bool
) -> None:
    """Look for marks; folders are searched. Without a key only public marks can be seen.

    Exit status 0 whatever is found, 2 when a file could not be read at all.
    """
    from foundation.terminal import emit_json, guarded, progress, say

    with guarded():
        from foundation import batch
        from provenance import watermark
        from provenance.watermark import keys

        held = [keys.load(path) for path in key_files]
        paths = [found for given in files for found in batch.inside(given)]

        def look(path: Path) -> list[Detection]:
            return watermark.detect(path, keys=held, schemes=schemes or None)

        failed = False
        with progress("Reading", total=len(paths)) as steps:
            for done, outcome in enumerate(batch.each(paths, look), 1):
                steps.at(done, what=outcome.path.name)
                if outcome.refusal is not None:
                    failed = True
                    if as_json:
                        emit_json({"file": str(outcome.path), "error": outcome.refusal.to_dict()})
                    say(f"{outcome.path}: {outcome.refusal.sentence}")
                    continue
                found = [one.to_dict() for one in outcome.answer or []]
                if as_json:
                    emit_json({"file": str(outcome.path), "watermarks": found})
                else:
                    _show(outcome.path, found)
        if failed:
            raise SystemExit(UNREADABLE)


@command.command()
@click.argument("file", type=_PATH)
def key(*, file: Path) -> None:
    """Make a new key in a new FILE that only you can read.

    Whoever has it can put in and see the institution's marks. Keep a copy: without it, no mark
    made with it can be read again.
    """
    from foundation.terminal import emit, guarded

    with guarded():
        from provenance.watermark import keys

        emit(f"{file}: key {keys.make(file)}")


@command.command(name="list")
@_JSON
def listed(*, as_json: bool) -> None:
    """The installed schemes and what they can do."""
    from foundation.terminal import emit_json, guarded, table

    with guarded():
        from provenance.watermark import registry

        rows = []
        for entry in registry.entries():
            card = entry.card
            if as_json:
                described = card.to_dict() if card else {"id": entry.id}
                emit_json({**described, "from": entry.distribution, "error": entry.error})
            elif card is None:
                rows.append((entry.id, entry.error or "", "", ""))
            else:
                does = "put in, read" if card.embeds else "read"
                need = "nobody's key" if card.public else "your key"
                rows.append((entry.id, card.title, ", ".join(card.media), f"{does}, {need}"))
        if rows:
            table(("scheme", "what it is", "media", "does, with"), rows)


def _show(path: Path, found: list[dict[str, Any]]) -> None:
    from foundation.terminal import emit

    if not found:
        emit(f"{path}: no installed scheme looks at this kind of file (with the keys given).")
    for one in found:
        emit(f"{path}: {one['sentence']}")
        if one["status"] == "found":
            emit(
                f"  {one['scheme']}: {one['payload']}, {one['agreement']:.0%} of {one['bits']} bits"
                f" agree, false alarm at most {one['false_alarm']:.1g}"
            )
