"""All engines' resources together."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from importlib.metadata import entry_points

from foundation.errors import Refusal
from foundation.resources.catalogue import Catalogue, Status, Where
from foundation.resources.errors import ResourceUnknown

GROUP = "probity.resources"


@dataclass(frozen=True, kw_only=True)
class Gathering:
    """Every readable catalogue, and a sentence for each one that is not."""

    catalogues: tuple[Catalogue, ...]
    broken: tuple[str, ...]

    def status(self) -> tuple[Status, ...]:
        """Where every resource is; raises MirrorUnusable."""
        return tuple(row for catalogue in self.catalogues for row in catalogue.status())

    def missing(self) -> tuple[Status, ...]:
        """What has to be pulled before everything works; each has a sentence for the person."""
        return tuple(row for row in self.status() if row.where is Where.MISSING)

    def choose(self, ids: Collection[str]) -> list[tuple[Catalogue, str]]:
        """The named resources, or all when none is named; raises ResourceUnknown."""
        every = [(catalogue, item.id) for catalogue in self.catalogues for item in catalogue]
        unknown = sorted(set(ids) - {name for _, name in every})
        if unknown:
            raise ResourceUnknown(
                f"There is no resource {', '.join(unknown)}; `probity pull --list` shows all."
            )
        return [pair for pair in every if not ids or pair[1] in ids]


def gather() -> Gathering:
    """Find every package that offers resources; a broken list is reported, never fatal."""
    catalogues: list[Catalogue] = []
    broken: list[str] = []
    places: dict[str, str] = {}
    for entry in sorted(entry_points(group=GROUP), key=lambda entry: entry.value):
        try:
            catalogue = Catalogue.load(entry.value)
        except (Refusal, ImportError, ValueError) as error:
            broken.append(f"The resources of {entry.value} cannot be read: {error}")
            continue
        clashes = [item for item in catalogue if places.get(item.file, item.sha256) != item.sha256]
        if clashes:
            broken.append(f"{entry.value} claims {clashes[0].file}, which another package has.")
            continue
        places.update({item.file: item.sha256 for item in catalogue})
        catalogues.append(catalogue)
    return Gathering(catalogues=tuple(catalogues), broken=tuple(broken))
