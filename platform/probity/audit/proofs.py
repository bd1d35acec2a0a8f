"""Proofs from the log: that a chain's head is in it, that a newer log begins with an older one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from foundation.log import consistency_proof, inclusion_proof

from .checkpoints import node_read
from .models import LogCheckpoint, LogLeaf


@dataclass(frozen=True)
class Inclusion:
    """A chain's statement, its place, and the path from it to a signed root."""

    leaf: LogLeaf
    checkpoint: LogCheckpoint
    path: list[bytes]

    def to_dict(self) -> dict[str, Any]:
        """As it travels in a bundle; hashes are hexadecimal."""
        return {
            "statement": {
                "chain": self.leaf.chain,
                "events": self.leaf.events,
                "head": self.leaf.head,
            },
            "index": self.leaf.index,
            "size": self.checkpoint.size,
            "path": [step.hex() for step in self.path],
            "checkpoint": self.checkpoint.note,
        }


def inclusion_of(chain: str) -> Inclusion | None:
    """The newest statement on a chain, proved under the newest checkpoint; None before any."""
    leaf = LogLeaf.objects.filter(chain=chain).order_by("-index").first()
    checkpoint = LogCheckpoint.objects.order_by("-size").first()
    if leaf is None or checkpoint is None or leaf.index >= checkpoint.size:
        return None
    return Inclusion(leaf, checkpoint, inclusion_proof(leaf.index, checkpoint.size, node_read))


def consistency_of(old: LogCheckpoint, new: LogCheckpoint) -> list[bytes]:
    """The proof that ``new`` only added to ``old``; raises ValueError when ``old`` is newer."""
    return consistency_proof(old.size, new.size, node_read)
