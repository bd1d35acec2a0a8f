"""Recipes: one YAML file a network, read strictly. They name sources, terms and every number.

A source is a repository (``owner/name``) or a folder of your own (``real/NAME``, ``fake/NAME``).
``use: train`` may be learnt from, ``use: measure`` is only measured on, because its terms are not
clear enough for a network that is passed on; ``--terms any`` learns from both, and the network is
then marked as not for release. Sources that the recipe does not name follow ``others``.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import yaml

from detectors.api import CardInvalid
from detectors.card import Modality
from detectors.strict import Strict, Table
from detectors.training.errors import RecipeInvalid

FOLDER = Path(__file__).parent / "recipes"
NAME = re.compile(r"[a-z][a-z-]*")
USES = ("train", "measure")
FOLDS_DEALT = 3


@dataclass(frozen=True, kw_only=True)
class Source:
    """``clear`` terms allow passing a network on. ``most`` files of each generator are taken, and
    ``per_file`` examples of each; ``fold`` is the one in which the source is left out. ``sheet``
    pictures are cut into four; ``cut_bottom`` rows are dropped, by generator."""

    name: str
    terms: str
    train: bool
    clear: bool
    most: int
    per_file: int
    fold: int
    sheet: bool = False
    cut_bottom: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, kw_only=True)
class Made:
    """A kind of self-made fake: how many, and in which fold the kind is left out."""

    kind: str
    most: int
    fold: int


@dataclass(frozen=True, kw_only=True)
class Steps:
    """How long and how fast is learnt; ``rate`` is the highest learning rate."""

    steps: int
    batch: int
    rate: float
    decay: float


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """``equal`` holds the modality's numbers of equalisation; ``false_alarm`` is the rate at which
    recall is told."""

    name: str
    detector: str
    modality: Modality
    network: str
    seed: int
    folds: int
    sources: tuple[Source, ...]
    others: Source
    equal: dict[str, float]
    made: tuple[Made, ...]
    training: Steps
    false_alarm: float

    def source(self, name: str) -> Source:
        """The rule of a source; of ``others`` for one that is not named."""
        return next(
            (source for source in self.sources if source.name == name),
            replace(self.others, name=name),
        )

    def for_a_folder(self, names: Sequence[str]) -> Recipe:
        """The same recipe over folders of one's own, ``real/NAME`` and ``fake/NAME``: they and the
        self-made kinds are dealt out to three folds in turn."""
        sources = []
        for label in ("real", "fake"):
            of_it = sorted({name for name in names if name.startswith(f"{label}/")})
            sources += [
                replace(self.others, name=name, fold=number % FOLDS_DEALT)
                for number, name in enumerate(of_it)
            ]
        made = tuple(
            replace(one, fold=number % FOLDS_DEALT) for number, one in enumerate(self.made)
        )
        return replace(self, folds=FOLDS_DEALT, sources=tuple(sources), made=made)

    def everything(self) -> Recipe:
        """The same recipe that learns from every source, whatever its terms. Where it has a single
        fold, sources are dealt out to three, since nothing would be left to measure on."""
        dealt = self.folds == 1
        sources = tuple(
            replace(one, train=True, fold=number % FOLDS_DEALT if dealt else one.fold)
            for number, one in enumerate(self.sources)
        )
        return replace(self, sources=sources, folds=FOLDS_DEALT if dealt else self.folds)

    def shorter(self, *, steps: int) -> Recipe:
        """The same recipe with another number of steps."""
        return replace(self, training=replace(self.training, steps=steps))

    def to_dict(self) -> dict[str, Any]:
        """JSON-able form, for digests and notes."""
        return asdict(self)


def shipped(name: str) -> Recipe:
    """The recipe that comes with Probity."""
    return load(FOLDER / f"{name}.yaml")


def load(path: Path) -> Recipe:
    """Read and check one recipe. Raises :class:`RecipeInvalid` naming file and key."""
    try:
        data = yaml.load(path.read_text(encoding="utf-8"), Loader=Strict)  # noqa: S506
        return _recipe(Table(data, where=str(path)))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise RecipeInvalid(f"{path} is no readable recipe: {error}.") from error
    except CardInvalid as error:
        raise RecipeInvalid(error.sentence) from error


def _recipe(table: Table) -> Recipe:
    modality = table.text("modality")
    if modality not in (Modality.IMAGE, Modality.AUDIO):
        raise RecipeInvalid(f"{table.where}: 'modality' must be image or audio.")
    folds = int(table.number("folds", least=1))
    recipe = Recipe(
        name=table.text("name", pattern=NAME),
        detector=table.text("detector"),
        modality=Modality(modality),
        network=table.text("network"),
        seed=int(table.number("seed", least=0)),
        folds=folds,
        sources=tuple(
            _source(Table(one, where=f"{table.where}: sources"), folds=folds)
            for one in table.take("sources")
        ),
        others=_others(table.table("others")),
        equal=_numbers(table.table("equal")),
        made=tuple(
            _made(Table(one, where=f"{table.where}: made"), folds=folds)
            for one in table.take("made")
        ),
        training=_steps(table.table("training")),
        false_alarm=table.number("false_alarm", least=0.001),
    )
    table.end()
    return recipe


def _source(table: Table, *, folds: int) -> Source:
    use = table.text("use")
    if use not in USES:
        raise RecipeInvalid(f"{table.where}: 'use' must be one of {', '.join(USES)}.")
    bottom = table.table("cut_bottom") if table.has("cut_bottom") else None
    source = Source(
        name=table.text("name"),
        terms=table.text("terms"),
        train=use == "train",
        clear=use == "train",
        most=int(table.number("most", least=1)),
        per_file=int(table.number("per_file", least=1)),
        fold=_fold(table, folds=folds),
        sheet=table.flag("sheet"),
        cut_bottom=tuple((name, int(bottom.number(name))) for name in bottom.names())
        if bottom
        else (),
    )
    table.end()
    return source


def _others(table: Table) -> Source:
    source = Source(
        name="others",
        terms="not stated",
        train=True,
        clear=False,
        most=int(table.number("most", least=1)),
        per_file=int(table.number("per_file", least=1)),
        fold=0,
    )
    table.end()
    return source


def _made(table: Table, *, folds: int) -> Made:
    made = Made(
        kind=table.text("kind"),
        most=int(table.number("most", least=0)),
        fold=_fold(table, folds=folds),
    )
    table.end()
    return made


def _fold(table: Table, *, folds: int) -> int:
    fold = int(table.number("fold", least=0))
    if fold >= folds:
        raise RecipeInvalid(f"{table.where}: 'fold' must be below {folds}.")
    return fold


def _steps(table: Table) -> Steps:
    steps = Steps(
        steps=int(table.number("steps", least=1)),
        batch=int(table.number("batch", least=2)),
        rate=table.number("rate", least=0),
        decay=table.number("decay", least=0),
    )
    table.end()
    return steps


def _numbers(table: Table) -> dict[str, float]:
    found = {name: table.number(name, least=0) for name in table.names()}
    table.end()
    return found
