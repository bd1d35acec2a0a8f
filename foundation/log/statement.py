"""What a leaf of the log says: a chain ended here."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from foundation.chain import Head, canonical
from foundation.log.merkle import leaf_hash


@dataclass(frozen=True, kw_only=True)
class HeadStatement:
    """Chain ``chain`` had ``events`` events, the last of them with hash ``head``."""

    chain: str
    events: int
    head: str

    @property
    def data(self) -> bytes:
        """The leaf as it is hashed: RFC 8785 canonical JSON."""
        return canonical(asdict(self))

    @property
    def leaf(self) -> bytes:
        """Its hash in the tree, 32 bytes."""
        return leaf_hash(self.data)

    def as_head(self) -> Head:
        """The same as the end that ``foundation.chain.verify`` takes."""
        return Head(events=self.events, hash=self.head)
