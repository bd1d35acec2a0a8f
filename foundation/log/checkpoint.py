"""A checkpoint: how many leaves the log had and what its root was, signed by the log's key."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from typing import ClassVar

from foundation.errors import Refusal
from foundation.log.note import SigningKey, VerifyKey, note_open, note_sign

HASH_BYTES = 32


class CheckpointUnreadable(Refusal):
    """The signed text is not a checkpoint."""

    code: ClassVar[str] = "checkpoint-unreadable"


@dataclass(frozen=True, kw_only=True)
class Checkpoint:
    """The body of C2SP tlog-checkpoint; ``extra`` lines follow the root, such as a time."""

    origin: str
    size: int
    root: bytes
    extra: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """What is signed."""
        root = base64.b64encode(self.root).decode()
        return "\n".join([self.origin, str(self.size), root, *self.extra]) + "\n"

    def signed(self, key: SigningKey) -> str:
        """The checkpoint as a signed note."""
        return note_sign(self.text, key)

    @classmethod
    def read(cls, text: str) -> Checkpoint:
        """Read an opened note's text; raises CheckpointUnreadable."""
        lines = text.splitlines()
        if len(lines) < 3 or not lines[0] or not lines[1].isascii() or not lines[1].isdigit():
            raise CheckpointUnreadable("A checkpoint has an origin, a size and a root hash.")
        try:
            root = base64.b64decode(lines[2], validate=True)
        except binascii.Error:
            root = b""
        size = int(lines[1])
        if len(root) != HASH_BYTES or str(size) != lines[1]:
            raise CheckpointUnreadable("A checkpoint's size or root hash is not in its one form.")
        return cls(origin=lines[0], size=size, root=root, extra=tuple(lines[3:]))


def checkpoint_open(note: str, key: VerifyKey) -> Checkpoint:
    """A signed checkpoint whose signature holds; raises NoteUnreadable, CheckpointUnreadable."""
    return Checkpoint.read(note_open(note, key))
