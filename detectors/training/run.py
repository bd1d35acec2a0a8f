"""One training run from the data to the network in use. The only door of the command."""

from __future__ import annotations

import importlib.util
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from detectors.training import index
from detectors.training.errors import DataUnusable, TorchMissing
from detectors.training.extract import extract
from detectors.training.recipe import Recipe, load, shipped
from foundation.home import home

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from torch import nn

    from detectors.training.examples import Examples
    from detectors.training.results import File, FoldResult, Triple
    from detectors.training.splits import Fold
    from foundation.terminal import Steps

LIBRARIES = ("torch", "onnx")


@dataclass(frozen=True, kw_only=True)
class Trained:
    """How a run ended. ``network`` is where the ONNX file in use lies, None where it is not used;
    ``why_not`` says why it may not be."""

    recipe: str
    probe: str
    false_alarm: float
    folds: tuple[FoldResult, ...]
    auc: Triple | None
    probe_auc: Triple | None
    lacking: dict[str, int]
    unusable: dict[str, int]
    results: Path
    network: Path | None
    why_not: str | None
    calibrated: str
    note: dict[str, Any]

    def to_json(self) -> dict[str, Any]:
        """JSON-able form."""
        return {
            "recipe": self.recipe,
            "false_alarm": self.false_alarm,
            "probe": self.probe,
            "auc": self.auc,
            "probe_auc": self.probe_auc,
            "folds": [asdict(fold) for fold in self.folds],
            "lacking": self.lacking,
            "unusable": self.unusable,
            "network": str(self.network) if self.network else None,
            "why_not": self.why_not,
            "calibrated": self.calibrated,
            "note": self.note,
        }


def run(
    what: str,
    *,
    data: Path,
    repositories: Path | None = None,
    recipe: Path | None = None,
    terms: str = "clear",
    steps: int | None = None,
    out: Path | None = None,
    device: str = "cpu",
    threads: int = 1,
    no_use: bool = False,
    steps_shown: Steps,
) -> Trained:
    """Everything that ``probity train`` does. Raises refusals; see :mod:`.errors`."""
    _need_torch()
    import torch

    from detectors.training.gather import chosen, gather

    torch.set_num_threads(threads)
    rules = _rules(what, recipe=recipe, terms=terms, steps=steps)
    items = index.read(data, modality=rules.modality)
    if data.is_dir():
        rules = rules.for_a_folder([item.source for item in items])
    work = (out or home() / "training") / rules.name
    items = chosen(_named(items, rules, data=data), rules)
    steps_shown.at(0, total=len(items), what="Extracting")
    got = extract(
        items, repositories=repositories, cache=work / "files", on_done=steps_shown.advance
    )
    if not got.items:
        raise DataUnusable(
            "None of the index's files lie here. Clone the repositories and name their folder "
            "with --repositories."
        )
    steps_shown.at(0, total=len(got.items), what="Decoding and treating")
    gathered = gather(got.items, rules, folder=work / "examples", on_done=steps_shown.advance)
    session = _Session(
        examples=gathered.examples, recipe=rules, work=work, device=_device(device),
        steps_shown=steps_shown,
    )  # fmt: skip
    return session.run(lacking=got.lacking, unusable=gathered.unusable, use=not no_use)


@dataclass
class _Session:
    """Training and measuring over examples that are ready."""

    examples: Examples
    recipe: Recipe
    work: Path
    device: str
    steps_shown: Steps

    def run(self, *, lacking: dict[str, int], unusable: dict[str, int], use: bool) -> Trained:
        from detectors.training import results, splits
        from detectors.training.probes import NAMES

        all_of_it = splits.everything(self.examples.rows, self.recipe)
        measured: list[File] = []
        told: list[FoldResult] = []
        for fold in splits.folds(self.examples.rows, self.recipe):
            same = bool((fold.learnt == all_of_it).all())
            several = self._measured(fold, name="all" if same else f"fold-{fold.number}")
            measured += several
            told.append(results.result(fold.number, several, false_alarm=self.recipe.false_alarm))
        network = self._network(all_of_it, name="all")
        found = [one for one in measured if not one.made]
        auc, probe_auc = results.pooled(found), results.pooled(found, by_probe=True)
        why_not = results.good_enough(auc, probe_auc)
        return self._kept(
            network, measured, told, auc=auc, probe_auc=probe_auc, why_not=why_not,
            lacking=lacking, unusable=unusable, use=use, probe=NAMES[self.recipe.modality],
        )  # fmt: skip

    def _measured(self, fold: Fold, *, name: str) -> list[File]:
        import numpy as np

        from detectors.training import loop, probes, results

        network = self._network(fold.learnt, name=name)
        places = np.flatnonzero(fold.measured)
        self.steps_shown.at(
            0, total=places.size, what=f"Measuring what fold {fold.number} left out"
        )
        modality = self.recipe.modality
        probe = probes.fitted(self.examples, fold.learnt, modality=modality)
        return results.files(
            [self.examples.rows[place] for place in places.tolist()],
            loop.scores(network, self.examples.data[places], modality=modality),
            probe.scores(probes.features(self.examples, places, modality=modality)),
        )

    def _network(self, learnt: NDArray[np.bool_], *, name: str) -> nn.Module:
        from detectors.training.loop import train

        steps = self.recipe.training.steps
        what = "Training" if name == "all" else f"Training, {name}"
        self.steps_shown.at(0, total=steps, what=what)
        return train(
            self.examples,
            self.recipe,
            learnt=learnt,
            checkpoint=self.work / f"{name}.pt",
            device=self.device,
            on_step=lambda step, _lost: self.steps_shown.at(step),
        )

    def _kept(
        self,
        network: nn.Module,
        measured: Sequence[File],
        told: Sequence[FoldResult],
        *,
        auc: Triple | None,
        probe_auc: Triple | None,
        why_not: str | None,
        lacking: dict[str, int],
        unusable: dict[str, int],
        use: bool,
        probe: str,
    ) -> Trained:
        from detectors.models import own
        from detectors.training import keeping
        from detectors.training.gather import summary

        name, slot = keeping.own_of(self.recipe)
        data, apart = keeping.as_onnx(network, slot)
        learnt = [row for row in summary(self.examples)
                  if self.recipe.source(row["source"]).train]  # fmt: skip
        about = keeping.note(
            self.recipe, learnt=learnt, folds=told, network=auc, probe=probe_auc, apart=apart
        )
        made = keeping.calibration_of(self.recipe, measured)
        own.keep(name, data, about, folder=self.work)
        kept = None
        if use and why_not is None:
            kept = keeping.put_into_use(name, data, about, made=made).path
        done = Trained(
            recipe=self.recipe.name,
            probe=probe,
            false_alarm=self.recipe.false_alarm,
            folds=tuple(told),
            auc=auc,
            probe_auc=probe_auc,
            lacking=lacking,
            unusable=unusable,
            results=self.work / "results.json",
            network=kept,
            why_not=why_not,
            calibrated=made.why,
            note=about,
        )
        done.results.write_text(json.dumps(done.to_json(), indent=1) + "\n", encoding="utf-8")
        return done


def _rules(what: str, *, recipe: Path | None, terms: str, steps: int | None) -> Recipe:
    rules = load(recipe) if recipe else shipped(what)
    if rules.name != what:
        raise DataUnusable(f"The recipe {recipe} is for {rules.name!r}, not for {what!r}.")
    if terms == "any":
        rules = rules.everything()
    return rules.shorter(steps=steps) if steps else rules


def _named(items: list[index.Item], rules: Recipe, *, data: Path) -> list[index.Item]:
    """What the recipe names; an index may hold more."""
    names = {source.name for source in rules.sources}
    found = [item for item in items if item.source in names]
    if not found:
        raise DataUnusable(
            f"The recipe names none of the sources of {data}. Write a recipe for it and name it "
            "with --recipe."
        )
    return found


def _device(name: str) -> str:
    if name == "cpu":
        return "cpu"
    import torch

    if not torch.cuda.is_available():
        raise TorchMissing("torch finds no GPU on this machine; train with --device cpu.")
    return "cuda"


def _need_torch() -> None:
    absent = [name for name in LIBRARIES if importlib.util.find_spec(name) is None]
    if absent:
        raise TorchMissing(
            f"Training needs {absent[0]}, which is not installed. "
            "Run: pip install 'probity-platform[torch]'."
        )
