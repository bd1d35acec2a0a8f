"""`probity models`: which networks can be used here, and preparing them."""

from __future__ import annotations

import click

from foundation import terminal
from foundation.errors import Refusal


@click.group("models", short_help="Networks: what is ready, and preparing it.")
def models() -> None:
    """Networks are made ready once a machine, from fetched weights; that needs torch."""


@models.command("list")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line on stdout.")
@terminal.guard
def list_command(*, as_json: bool) -> None:
    """Show every network and how far it is."""
    from detectors.models import own
    from detectors.models.known import MODELS
    from detectors.models.prepared import ready, state

    rows = []
    for model_id in MODELS:
        found = ready(model_id)
        note = found.note if found else {}
        rows.append({"id": model_id, "state": state(model_id).value, **note})
    rows += [{"id": name, "recipe": one.recipe, **own.told(name)} for name, one in own.OWN.items()]
    if as_json:
        for row in rows:
            terminal.emit_json(row)
        return
    advice = {
        "ready": "",
        "weights here": "probity models prepare {id}",
        "weights missing": "probity pull {id}",
        own.NONE: "probity train {recipe} --data FOLDER",
        own.LOCAL: "",
        own.COMES_ALONG: "",
    }
    terminal.table(
        ("id", "state", "sha256", "next"),
        [
            (row["id"], row["state"], str(row.get("sha256", ""))[:16],
             advice[row["state"]].format(**row))
            for row in rows
        ],
    )  # fmt: skip


@models.command("prepare")
@click.argument("ids", nargs=-1, metavar="[ID]...")
@click.option("--again", is_flag=True, help="Also those that are ready.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line on stdout.")
@terminal.guard
def prepare_command(ids: tuple[str, ...], *, again: bool, as_json: bool) -> None:
    """Turn fetched weights into ONNX: the networks named, or all of them.

    Needs torch (pip install 'probity-platform[torch]'); analysis afterwards does not.
    """
    from detectors.models.known import MODELS
    from detectors.models.prepared import prepare, ready

    failures: list[Refusal] = []
    with terminal.progress("Preparing", total=len(ids or MODELS)) as steps:
        for model_id in ids or tuple(MODELS):
            try:
                found = None if again else ready(model_id)
                network = found or prepare(model_id)
            except Refusal as refusal:
                terminal.say(refusal.sentence)
                failures.append(refusal)
            else:
                _tell(network.note, fresh=found is None, as_json=as_json)
            steps.advance()
    if failures:
        raise SystemExit(terminal.exit_status(failures[0]))


def _tell(note: dict[str, object], *, fresh: bool, as_json: bool) -> None:
    if as_json:
        terminal.emit_json({**note, "prepared": fresh})
        return
    done = "prepared" if fresh else "already ready"
    terminal.emit(
        f"{note['model']}: {done}, SHA-256 {str(note['sha256'])[:16]}, differs from the "
        f"network by {note['difference']:.1g} at most"
    )
