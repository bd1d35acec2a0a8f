"""What the launcher says, to a person or to a program."""

from __future__ import annotations

import json
import re
import sys
from dataclasses import dataclass
from pathlib import Path

from foundation.errors import Refusal

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

    def aside(self, *, home: Path, moved: Path) -> None:
        """A home was put out of the way."""
        sentence = (
            f"Set aside, with all that was in it: {moved}. The next `make up` starts afresh in "
            f"{home}; to look into the old one, use the version that made it with `--home {moved}`."
        )
        self._write("set-aside", sentence=sentence, home=str(home), moved=str(moved))

    def backed_up(self, *, target: Path, files: int, total: int) -> None:
        """A backup is whole."""
        sentence = (
            f"Backed up: {target} ({files} files, {max(1, round(total / 1e6))} MB). It holds keys"
            " and evidence: keep it as safe as the home. Keep the checkpoints and the erasure"
            " ledger as well, apart from it."
        )
        self._write("backed-up", sentence=sentence, folder=str(target), files=files, bytes=total)

    def restored(self, *, home: Path, folder: Path, how: str) -> None:
        """A backup was put into a home that was empty."""
        sentence = (
            f"Restored into {home}. Before anybody is let in: put the newest checkpoints and"
            " erasure ledger there, then run `manage.py erasures_replay` and `manage.py"
            f" audit_verify` ({how})."
        )
        self._write("restored", sentence=sentence, home=str(home), folder=str(folder))

    def refused(self, refusal: Refusal) -> None:
        """Why nothing was done: the same sentence for a person and for a program."""
        if self.as_json:
            self._write("refused", sentence=refusal.sentence, code=refusal.code)
        else:
            sys.stderr.write(f"{refusal.sentence}\n")

    def _write(self, event: str, *, sentence: str, **more: object) -> None:
        line = json.dumps({"event": event, "sentence": sentence, **more})
        sys.stdout.write(f"{line if self.as_json else sentence}\n")
        sys.stdout.flush()
