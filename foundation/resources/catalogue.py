"""One engine's resources: where they are, and how to get them."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from enum import StrEnum
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from foundation.resources import fetching, store
from foundation.resources.errors import ResourceListInvalid, ResourceMissing, ResourceUnknown
from foundation.resources.listing import Resource, read_list


class Where(StrEnum):
    """Where a resource is."""

    STORE = "store"
    MIRROR = "mirror"
    """In the mirror folder: it will be verified and copied on first need."""
    MISSING = "missing"


@dataclass(frozen=True, kw_only=True)
class Status:
    """Whether a resource can be used now."""

    package: str
    resource: Resource
    where: Where

    @property
    def sentence(self) -> str:
        """What the person should know."""
        name = f"{self.resource.id} ({self.resource.what})"
        if self.where is Where.MISSING:
            return f"{name} is missing; what needs it is off: `probity pull {self.resource.id}`."
        return f"{name} is here." if self.where is Where.STORE else f"{name} is in the mirror."

    def to_dict(self) -> dict[str, Any]:
        """The resource's members with ``package``, ``where`` and ``sentence``."""
        return {
            **self.resource.to_dict(),
            "package": self.package,
            "where": self.where.value,
            "sentence": self.sentence,
        }


class Catalogue:
    """The resources that one package lists in its ``resources.yaml``."""

    def __init__(self, package: str, resources: Collection[Resource]) -> None:
        self.package = package
        self.resources = tuple(resources)
        self._by_id = {resource.id: resource for resource in self.resources}

    @classmethod
    def load(cls, package: str) -> Catalogue:
        """Read ``<package>/resources.yaml`` without importing what is in the package.

        Raises ResourceListInvalid when the package or its list is not there or malformed.
        """
        spec = find_spec(package)
        if spec is None or not spec.submodule_search_locations:
            raise ResourceListInvalid(f"There is no package {package} to take resources from.")
        return cls(package, read_list(Path(spec.submodule_search_locations[0]) / "resources.yaml"))

    def get(self, resource_id: str) -> Resource:
        """The resource of that id; raises ResourceUnknown."""
        try:
            return self._by_id[resource_id]
        except KeyError:
            raise ResourceUnknown(
                f"{self.package} has no resource {resource_id!r}; `probity pull --list` shows all."
            ) from None

    def path(self, resource_id: str) -> Path:
        """The verified file, taken from a mirror folder on first need; never from the network.

        Raises ResourceMissing, ResourceWrong (the mirror has another file), ResourceUnknown.
        """
        resource = self.get(resource_id)
        kept = store.place(resource)
        if store.holds(kept, resource):
            return kept
        found = fetching.from_folder(resource)
        if found is None:
            raise ResourceMissing(
                f"{resource.id} ({resource.what}) has not been fetched: "
                f"run `probity pull {resource.id}`."
            )
        return found

    def status(self) -> tuple[Status, ...]:
        """Where each resource is, in the list's order; raises MirrorUnusable."""
        return tuple(
            Status(package=self.package, resource=resource, where=_where(resource))
            for resource in self.resources
        )

    def pull(
        self, resource_id: str, *, progress: store.Progress | None = None
    ) -> tuple[Path, bool]:
        """Fetch one resource unless it is already here: its path, and whether it was fetched.

        ``progress`` is called with the bytes done. Raises ResourceWrong, ResourceUnreachable,
        ResourceUnknown, MirrorUnusable.
        """
        resource = self.get(resource_id)
        if store.holds(store.place(resource), resource):
            return store.place(resource), False
        return fetching.fetch(resource, progress=progress), True

    def __iter__(self) -> Iterator[Resource]:
        return iter(self.resources)


def _where(resource: Resource) -> Where:
    if store.holds(store.place(resource), resource):
        return Where.STORE
    folder = fetching.mirror()
    if isinstance(folder, Path) and _fits(folder / resource.file, resource):
        return Where.MIRROR
    return Where.MISSING


def _fits(path: Path, resource: Resource) -> bool:
    return path.is_file() and path.stat().st_size == resource.bytes
