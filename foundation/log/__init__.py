"""A transparency log over chain heads: Merkle tree, signed checkpoints, proofs.

**Leaf.** ``canonical({"chain": …, "events": …, "head": …})``: this chain ended here. A chain that
grew gets another leaf; leaves are never changed, so an older tree is always part of a newer one.

**Tree.** RFC 6962 section 2.1, SHA-256: a leaf's hash is ``SHA-256(0x00 + leaf)``, a node's
``SHA-256(0x01 + left + right)``, the left subtree the largest power of two below the size.

**Checkpoint.** The text of C2SP tlog-checkpoint: origin, size, base64 root hash, one line each;
signed as C2SP signed-note with Ed25519. Anyone can check one with the public key alone.

This package knows no database and no clock.
"""

from foundation.log.checkpoint import Checkpoint, CheckpointUnreadable, checkpoint_open
from foundation.log.merkle import (
    Frontier,
    consistency_holds,
    consistency_proof,
    inclusion_holds,
    inclusion_proof,
    leaf_hash,
    root_of,
)
from foundation.log.note import NoteUnreadable, SigningKey, VerifyKey, note_open, note_sign
from foundation.log.statement import HeadStatement

__all__ = [
    "Checkpoint",
    "CheckpointUnreadable",
    "Frontier",
    "HeadStatement",
    "NoteUnreadable",
    "SigningKey",
    "VerifyKey",
    "checkpoint_open",
    "consistency_holds",
    "consistency_proof",
    "inclusion_holds",
    "inclusion_proof",
    "leaf_hash",
    "note_open",
    "note_sign",
    "root_of",
]
