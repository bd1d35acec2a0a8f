"""What the launcher says, to a person or to a program."""

from __future__ import annotations

import json
import re
import sys
from dataclasses import dataclass

ADDRESS = re.compile(r"\S*://\S*")


@dataclass(frozen=True)
class Voice:
    """Plain lines, or with ``as_json`` one JSON object a line; always flushed at once."""

    as_json: bool = False

    def say(self, sentence: str) -> None:
        """A sentence about what goes on. Addresses are left out: the product's is the only one."""
        self._write("notice", sentence=ADDRESS.sub("(address)", sentence))

    def relay(self, line: str) -> None:
        """A line of another program, word for word."""
        self._write("setup", sentence=line)

    def ready(self, *, url: str, pid: int) -> None:
        """The last line of a start."""
        self._write("ready", sentence=f"Probity is ready: {url}", url=url, pid=pid)

    def elsewhere(self, sentence: str, *, url: str, pid: int) -> None:
        """Another process already runs this home."""
        self._write("already-running", sentence=sentence, url=url, pid=pid)

    def _write(self, event: str, *, sentence: str, **more: object) -> None:
        line = json.dumps({"event": event, "sentence": sentence, **more})
        sys.stdout.write(f"{line if self.as_json else sentence}\n")
        sys.stdout.flush()
