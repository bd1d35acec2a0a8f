"""`probity train`: a small network of your own for generated pictures or synthetic speech."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from foundation import terminal

if TYPE_CHECKING:
    from detectors.training.results import Triple
    from detectors.training.run import Trained


@click.command("train", short_help="Train a small network for pictures or speech.")
@click.argument("what", type=click.Choice(["image", "speech"]))
@click.option(
    "--data",
    required=True,
    type=click.Path(exists=True, path_type=Path),
    help="An index (CSV), or a folder with real/SOURCE/… and fake/GENERATOR/….",
)
@click.option(
    "--repositories",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Where git mirrors of the index's repositories lie.",
)
@click.option(
    "--recipe",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Another recipe than the one that ships.",
)
@click.option(
    "--terms",
    type=click.Choice(["clear", "any"]),
    default="clear",
    show_default=True,
    help="'any' learns also from sources of unclear terms; the network is then not for release.",
)
@click.option("--steps", type=click.IntRange(min=1), help="Another length than the recipe's.")
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    help="Working folder (kept between runs). Default: training/ in the state folder.",
)
@click.option("--device", type=click.Choice(["cpu", "gpu"]), default="cpu", show_default=True)
@click.option("--threads", type=click.IntRange(min=1), default=1, show_default=True)
@click.option("--no-use", is_flag=True, help="Measure only; leave the detector as it is.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object on stdout.")
@terminal.guard
def train(what: str, *, as_json: bool, **options: Any) -> None:
    """Train a network, measure it on sources and generators that it never met, and use it if it
    beats chance and the dumb probe there.

    Needs torch (pip install 'probity-platform[torch]'). What was interrupted goes on where it was:
    run the same command again. Exit status 1 when the network is not good enough to be used.
    """
    from detectors.training.run import run

    with terminal.progress("Preparing") as steps:
        done = run(what, steps_shown=steps, **options)
    if as_json:
        terminal.emit_json(done.to_json())
    else:
        _show(done)
    if done.why_not is not None:
        raise SystemExit(int(terminal.Exit.NEGATIVE))


def _show(done: Trained) -> None:
    for fold in done.folds:
        genuine = ", ".join(fold.real_sources) or "nothing genuine"
        rows = [
            (one.generator, one.source, one.n, _figure(one.network), _figure(one.probe))
            for one in fold.recalls
        ]
        terminal.table(
            ("generator left out", "source", "n", "network", done.probe),
            rows,
            title=f"Fold {fold.number}: recall at {done.false_alarm:.0%} false alarms on "
            f"{fold.n_real} files of {genuine}",
        )
        terminal.emit(
            f"AUC of the fold: network {_figure(fold.auc)}, {done.probe} {_figure(fold.probe_auc)}"
        )
    both = f"network {_figure(done.auc)}, {done.probe} {_figure(done.probe_auc)}"
    terminal.emit(f"AUC of all that was left out: {both}")
    for source, count in done.lacking.items():
        terminal.emit(f"Left out: {count} files of {source}, which no mirror here holds.")
    terminal.emit(f"Results: {done.results}")
    if done.why_not is not None:
        terminal.emit(f"Not used. {done.why_not}")
    elif done.network is None:
        terminal.emit("Not used, as you asked.")
    else:
        terminal.emit(f"In use: {done.network}. {done.calibrated}")


def _figure(value: Triple | None) -> str:
    return "-" if value is None else f"{value[0]:.3f} [{value[1]:.3f}, {value[2]:.3f}]"
