"""The commands `probity evaluate` and `probity calibrate`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from detectors.calibration.making import Made
    from detectors.evaluation.study import Study

_MANIFEST = click.argument(
    "manifest", type=click.Path(path_type=Path, dir_okay=False), metavar="MANIFEST.csv"
)
_MEDIA = click.option(
    "--media",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    metavar="DIR",
    help="Where the files of the manifest lie [default: beside it].",
)
_DETECTOR = click.option(
    "--detector", "only", multiple=True, metavar="ID", help="Only this detector; repeatable."
)
_OUT = click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help="Keep scores (a second run goes on from them), report and model cards here.",
)
_JSON = click.option("--json", "as_json", is_flag=True, help="One JSON object on stdout, no more.")


@click.command()
@_MANIFEST
@_MEDIA
@_DETECTOR
@_OUT
@click.option(
    "--degrade",
    default="",
    metavar="LIST",
    help="Measure degraded copies too: jpeg75,resize0.5,crop,mp3-64k,phone-band.",
)
@click.option(
    "--equalise/--no-equalise",
    default=True,
    help="Measure copies in one form as well, so that size, quality, rate, length and loudness "
    "cannot tell the classes apart (the default).",
)
@click.option("--cards", is_flag=True, help="Write what was told apart into the cards too.")
@click.option("--name", default="", metavar="TEXT", help="What the set is called in the cards.")
@_JSON
def evaluate(
    manifest: Path,
    *,
    media: Path | None,
    only: tuple[str, ...],
    out: Path | None,
    degrade: str,
    equalise: bool,
    cards: bool,
    name: str,
    as_json: bool,
) -> None:
    """Measure detectors on a labelled set, beside what the set gives away by itself.

    MANIFEST.csv has the columns file, modality, label (real or fake) and, optionally, group and
    generator. Exit status 0 whatever the figures are.
    """
    from detectors.evaluation import study as studies
    from detectors.evaluation.manifest import read
    from foundation.terminal import emit_json, guarded, say

    with guarded():
        options = studies.Options(only=only, degrade=degrade, equalise=equalise, out=out)
        with _bar() as progress:
            study = studies.run(read(manifest, media=media), options=options, progress=progress)
            result = studies.table(study)
        for warning in result["warnings"]:
            say(f"!! {warning}")
        if out is not None:
            _write(study, result, out=out)
        if cards:
            _state(study, name=name or manifest.stem)
        if as_json:
            emit_json(result)
        else:
            _show(result)


@click.command()
@_MANIFEST
@_MEDIA
@_DETECTOR
@_OUT
@click.option(
    "--into",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help="Store calibrations here [default: calibration/ in the state folder, read first].",
)
@click.option("--cards", is_flag=True, help="Write the measured error rates into the cards too.")
@click.option("--name", default="", metavar="TEXT", help="What the set is called in the record.")
@_JSON
def calibrate(
    manifest: Path,
    *,
    media: Path | None,
    only: tuple[str, ...],
    out: Path | None,
    into: Path | None,
    cards: bool,
    name: str,
    as_json: bool,
) -> None:
    """Fit score to likelihood ratio on a labelled set, and store what held up.

    A detector is calibrated only where, on groups it was not fitted on, it is better than chance
    and than every leak of the set. Exit status 0, or 1 when nothing could be calibrated.
    """
    from detectors.calibration.store import own_folder, save
    from detectors.evaluation import study as studies
    from detectors.evaluation.fitting import calibrations
    from detectors.evaluation.manifest import read
    from detectors.evaluation.yaml_cards import rewrite
    from foundation.terminal import Exit, emit_json, guarded

    with guarded():
        with _bar() as progress:
            study = studies.run(
                read(manifest, media=media),
                options=studies.Options(only=only, out=out),
                progress=progress,
            )
            made = calibrations(study, name=name or manifest.parent.name)
        for one in made:
            if one.calibration:
                save(one.calibration, folder=into or own_folder())
            if cards:
                rewrite(one.detector, one.calibration)
        if as_json:
            emit_json({"calibrations": [_made(one) for one in made]})
        else:
            _show_made(made)
        if not any(one.calibration for one in made):
            raise SystemExit(int(Exit.NEGATIVE))


@contextmanager
def _bar() -> Iterator[Callable[[str, float, float], None]]:
    from foundation.terminal import progress

    with progress("Measuring") as steps:
        yield lambda what, done, total: steps.at(done, total=total, what=what)


def _write(study: Study, result: dict[str, Any], *, out: Path) -> None:
    import json

    from detectors.evaluation.model_cards import write
    from detectors.evaluation.report import page

    out.mkdir(parents=True, exist_ok=True)
    text = json.dumps(result, indent=1, ensure_ascii=False, allow_nan=False)
    (out / "evaluation.json").write_text(text + "\n", encoding="utf-8")
    (out / "report.html").write_text(page(study, result), encoding="utf-8")
    write(study, result, folder=out / "cards")


def _state(study: Study, *, name: str) -> None:
    from detectors.evaluation.stating import strength_of
    from detectors.evaluation.yaml_cards import state

    for card in study.ran:
        if (measured := strength_of(study, card, name=name)) is not None:
            state(card.id, measured)


def _show(result: dict[str, Any]) -> None:
    from foundation.terminal import emit, table

    columns = ("", "real", "fake", "abstained", "AUC", "95 %", "EER", "Cllr", "ECE", "AUC answered")
    rows = [_cells(name, one) for name, one in result["detectors"].items()]
    rows += [_cells(f"{name}, equalised", one["equalised"])
             for name, one in result["detectors"].items() if one["equalised"]]  # fmt: skip
    table(columns, rows, title="Detectors")
    for key, title in (("fused", "as received"), ("fused_equalised", "equalised")):
        rows = [_cells(modality, one) for modality, one in result[key].items()]
        if rows:
            table(columns, rows, title=f"Assessment, {title}")
    for key, title in (("leaks", "as received"), ("leaks_equalised", "equalised")):
        rows = [
            (modality, name, leak["n"], f"{leak['auc']:.3f}", _interval(leak["auc_ci"]))
            for modality, several in result[key].items()
            for name, leak in several.items()
        ]
        if rows:
            table(("", "leak", "n", "AUC", "95 %"), rows, title=f"Leaks, {title}")
    for name, count in result["set"]["skipped"].items():
        emit(f"Left out: {count} with the label {name}.")


def _cells(name: str, one: dict[str, Any]) -> tuple[object, ...]:
    answered = (one.get("answered") or {}).get("auc")
    return (
        name, one["n_real"], one["n_fake"], one["n_abstained"], _number(one["auc"]),
        _interval(one["auc_ci"]), _number(one["eer"]), _number(one["cllr"]), _number(one["ece"]),
        _number(answered),
    )  # fmt: skip


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"


def _interval(ends: list[float] | None) -> str:
    return "-" if ends is None else f"{ends[0]:.3f}-{ends[1]:.3f}"


def _made(one: Made) -> dict[str, Any]:
    return {
        "detector": one.detector,
        "calibrated": one.calibration is not None,
        "why": one.why,
        "auc": list(one.auc) if one.auc else None,
        "measured_on": one.variant,
        "strongest_leak": list(one.leak) if one.leak else None,
        "method": one.calibration.method if one.calibration else None,
        "cllr": one.calibration.cllr if one.calibration else None,
    }


def _show_made(made: list[Made]) -> None:
    from foundation.terminal import table

    rows = [
        (one.detector, one.calibration.method if one.calibration else "no", one.why) for one in made
    ]
    table(("detector", "calibrated", "why"), rows)
