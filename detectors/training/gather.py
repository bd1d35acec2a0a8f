"""From items to examples: choose, decode in the child, treat, make fakes; all of it resumable."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field, replace
from itertools import groupby, islice
from pathlib import Path
from typing import Any

import numpy as np

from detectors.training.equal_sound import RATE
from detectors.training.errors import DataUnusable
from detectors.training.examples import Array, Examples, Pair, Row, load, shard
from detectors.training.index import Item
from detectors.training.made.pictures import blended
from detectors.training.recipe import Made, Recipe
from detectors.training.ways import SPEECH_SECONDS, Rebuild, Way, way_of
from foundation.errors import Refusal

VERSION = 1
"""Counts up when the same recipe must make other examples."""

SHARD = 64
MOST_SEEDS = 600
SEED_SIDE = 320
AUTOENCODER_STEPS = 300
EXAMPLES_OF_A_FAKE = 2
AUTOENCODER = "autoencoder"
BLEND = "blend"

OnDone = Callable[[int], None]


def _nothing(_count: int) -> None:
    return


@dataclass
class Gathered:
    """The examples, and how many files could not be used, by source."""

    examples: Examples
    unusable: dict[str, int] = field(default_factory=dict)


def chosen(items: Sequence[Item], recipe: Recipe) -> list[Item]:
    """At most ``most`` of each generator of a source, by digest: the same every time."""
    found: list[Item] = []
    ordered = sorted(items, key=lambda item: (item.source, item.generator, item.sha256))
    for (source, _), group in groupby(ordered, key=lambda item: (item.source, item.generator)):
        found += list(group)[: recipe.source(source).most]
    return found


def gather(
    items: Sequence[Item], recipe: Recipe, *, folder: Path, on_done: OnDone = _nothing
) -> Gathered:
    """Examples of every chosen item (already extracted) and the self-made fakes of the genuine
    ones that are learnt from. ``on_done`` counts files."""
    way = way_of(recipe.modality, recipe.equal)
    shards: list[Path] = []
    unusable: dict[str, int] = {}
    for few in batched_by_source(items):
        rule = recipe.source(few[0].source)
        decides = asdict(rule) | {"train": None, "fold": None}
        del decides["clear"]  # says what may be done with them, not what they hold
        digests = [item.sha256 for item in few]
        key = [VERSION, "files", recipe.seed, recipe.equal, decides, digests]
        path = shard(folder, key=key, make=lambda few=few: _of_files(few, recipe, way=way))  # type: ignore[misc]
        shards.append(path)
        usable = {row.sha256 for row in load([path]).rows}
        if lost := len({item.sha256 for item in few} - usable):
            unusable[few[0].source] = unusable.get(few[0].source, 0) + lost
        on_done(len(few))
    genuine = [item for item in items if not item.fake and recipe.source(item.source).train]
    if recipe.made and genuine:
        seeds = _seeds(genuine, recipe, way=way, folder=folder)
        shards += _made(recipe, seeds, way=way, folder=folder)
    examples = load(shards)
    if not len(examples):
        raise DataUnusable("Not a single file of the training data could be used.")
    return Gathered(examples=examples, unusable=unusable)


def batched_by_source(items: Sequence[Item]) -> Iterator[tuple[Item, ...]]:
    """At most SHARD items of one generator of one source at a time."""
    for _, group in groupby(items, key=lambda item: (item.source, item.generator)):
        yield from batched(group, SHARD)


def batched(items: Iterable[Item], size: int) -> Iterator[tuple[Item, ...]]:
    """So many at a time, in order."""
    left = iter(items)
    while few := tuple(islice(left, size)):
        yield few


def _of_files(few: Iterable[Item], recipe: Recipe, *, way: Way) -> Iterator[Pair]:
    for item in few:
        rule = recipe.source(item.source)
        random = _random(recipe, item.sha256)
        try:
            natives = way.natives(item, rule=rule, seed=int(random.integers(2**31)))
        except Refusal:
            continue  # counted by the caller: what is not among the rows was not usable
        for number in range(rule.per_file):
            done = way.example(natives[number % len(natives)], random=random)
            if done is not None:
                yield done[0], _row(item, bin_=done[1])


def _row(item: Item, *, bin_: int) -> Row:
    return Row(
        sha256=item.sha256,
        fake=item.fake,
        source=item.source,
        generator=item.generator,
        bin=bin_,
    )


def _random(recipe: Recipe, *words: str) -> np.random.Generator:
    numbers = [int.from_bytes(word.encode()[:64], "big") % 2**63 for word in words]
    return np.random.default_rng([recipe.seed, *numbers])


def _seeds(
    items: Sequence[Item], recipe: Recipe, *, way: Way, folder: Path
) -> list[tuple[Array, Row]]:
    """Natives of the genuine files that fakes are made of, evenly over the sources."""
    by_source = {name: list(group) for name, group in groupby(items, key=lambda item: item.source)}
    each = max(1, MOST_SEEDS // len(by_source))
    found: list[tuple[Array, Row]] = []
    for several in by_source.values():
        for few in batched(several[:each], SHARD):
            key = [VERSION, "seeds", recipe.seed, [item.sha256 for item in few]]
            path = shard(folder, key=key, make=lambda few=few: _of_seeds(few, recipe, way=way))  # type: ignore[misc]
            held = load([path])
            found += [
                (_unpadded(data), row) for data, row in zip(held.data, held.rows, strict=True)
            ]
    return sorted(found, key=lambda pair: pair[1].sha256)


def _of_seeds(few: Iterable[Item], recipe: Recipe, *, way: Way) -> Iterator[Pair]:
    for item in few:
        random = _random(recipe, item.sha256, "seed")
        try:
            natives = way.natives(item, rule=recipe.source(item.source), seed=1)
        except Refusal:
            continue
        native = natives[int(random.integers(len(natives)))]
        yield _padded(native), _row(item, bin_=0)


def _padded(native: Array) -> Array:
    """Natives of one shape, so that they stack: the true size stands in the last places."""
    if native.ndim == 1:
        room = np.zeros(int(SPEECH_SECONDS * RATE) + 2, dtype=np.int16)
        room[: native.size] = native
        room[-2:] = divmod(native.size, 1000)
        return room
    cut = native[:SEED_SIDE, :SEED_SIDE]
    room = np.zeros((SEED_SIDE + 1, SEED_SIDE, 3), dtype=np.uint8)
    room[: cut.shape[0], : cut.shape[1]] = cut
    room[-1, 0, :2] = divmod(cut.shape[0], 256)
    room[-1, 1, :2] = divmod(cut.shape[1], 256)
    return room


def _unpadded(room: Array) -> Array:
    if room.ndim == 1:
        return room[: int(room[-2]) * 1000 + int(room[-1])]
    rows, columns = (int(room[-1, at, 0]) * 256 + int(room[-1, at, 1]) for at in (0, 1))
    return room[:rows, :columns]


def _made(
    recipe: Recipe, seeds: Sequence[tuple[Array, Row]], *, way: Way, folder: Path
) -> list[Path]:
    """A shard for each kind of self-made fake."""
    digests = [row.sha256 for _, row in seeds]
    shards = []
    rebuilds = _Rebuilds(natives=[native for native, _ in seeds], seed=recipe.seed)
    for made in recipe.made:
        key = [VERSION, "made", recipe.seed, recipe.equal, made.kind, made.most, digests]
        make = _maker(made, recipe, seeds, way=way, rebuilds=rebuilds)
        shards.append(shard(folder, key=key, make=make))
    return shards


class _Rebuilds:
    """Autoencoders by the kind of their layers, each trained when it is first needed."""

    def __init__(self, *, natives: Sequence[Array], seed: int) -> None:
        self._natives = natives
        self._seed = seed
        self._ready: dict[str, Rebuild] = {}

    def get(self, kind: str) -> Rebuild:
        """``autoencoder (LAYER)`` or a kind that names no layer."""
        from detectors.training.made.autoencoder import trained

        layer = kind.partition(" (")[2].removesuffix(")") or "transposed convolution"
        if layer not in self._ready:
            self._ready[layer] = trained(
                layer, self._natives, steps=AUTOENCODER_STEPS, seed=self._seed
            )
        return self._ready[layer]


def _maker(
    made: Made,
    recipe: Recipe,
    seeds: Sequence[tuple[Array, Row]],
    *,
    way: Way,
    rebuilds: _Rebuilds,
) -> Callable[[], Iterable[Pair]]:
    def make() -> Iterator[Pair]:
        random = _random(recipe, made.kind)
        fake_of = _fake_of(made, way=way, rebuilds=rebuilds, random=random)
        for number in range(made.most):
            native, row = seeds[number % len(seeds)]
            fake = fake_of(native)
            for _ in range(EXAMPLES_OF_A_FAKE):
                done = way.example(fake, random=random)
                if done is not None:
                    about = replace(row, fake=True, generator=f"made: {made.kind}", made=True)
                    yield done[0], replace(about, bin=done[1])

    return make


def _fake_of(made: Made, *, way: Way, rebuilds: _Rebuilds, random: np.random.Generator) -> Rebuild:
    name = made.kind.partition(" (")[0]
    if name == AUTOENCODER:
        return rebuilds.get(made.kind)
    if name == BLEND:
        rebuild = rebuilds.get(made.kind)
        return lambda native: blended(native, rebuild(native), random=random)
    return lambda native: way.made(made.kind, native, random=random)


def summary(examples: Examples) -> list[dict[str, Any]]:
    """How many files and examples there are of each generator."""
    files: dict[tuple[bool, str, str], list[str]] = {}
    for row in examples.rows:
        files.setdefault((row.fake, row.source, row.generator), []).append(row.sha256)
    return [
        {"fake": fake, "source": source, "generator": generator, "files": len(set(found)),
         "examples": len(found)}
        for (fake, source, generator), found in sorted(files.items())
    ]  # fmt: skip
