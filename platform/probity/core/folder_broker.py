"""Wake-up calls through a folder, whole or not at all.

kombu's own file-system transport opens a message's file under its final name and writes it
afterwards: a worker that looks in between reads nothing, and ends over it. Here a file gets its
name once it is complete, and one that a power cut left broken is dropped: a lost wake-up call is
found by the sweeps.
"""

from __future__ import annotations

import fcntl
import logging
import uuid
from pathlib import Path
from time import monotonic
from typing import Any

from kombu.transport import filesystem
from kombu.utils.encoding import str_to_bytes
from kombu.utils.json import dumps

logger = logging.getLogger(__name__)


class Channel(filesystem.Channel):
    """kombu's channel, with files that appear complete."""

    def _put(self, queue: str, payload: dict[str, Any], **_: Any) -> None:  # type: ignore[override]
        name = f"{round(monotonic() * 1000)}_{uuid.uuid4()}.{queue}.msg"
        _appear(Path(self.data_folder_out) / name, dumps(payload))

    def _get(self, queue: str) -> dict[str, Any]:  # type: ignore[override]
        while True:
            try:
                return super()._get(queue)
            except ValueError:
                logger.warning("A wake-up call was not whole and is dropped.")

    def _queue_bind(self, exchange: str, routing_key: str, pattern: str | None, queue: str) -> None:
        self.control_folder.mkdir(exist_ok=True)
        row = filesystem.exchange_queue_t(routing_key, pattern or "", queue)
        with (self.control_folder / "lock").open("wb") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            rows = self.get_table(exchange)
            if row not in rows:
                _appear(self.control_folder / f"{exchange}.exchange", dumps([row, *rows]))

    def get_table(  # type: ignore[override]
        self, exchange: str
    ) -> list[filesystem.exchange_queue_t]:
        """Which queues are bound; none where the table was left broken."""
        try:
            return list(super().get_table(exchange))
        except ValueError:
            return []


class Transport(filesystem.Transport):
    """The transport of an installation without Redis."""

    Channel = Channel


def _appear(path: Path, text: str) -> None:
    """Write a file beside its place, then put it there."""
    beside = path.with_name(f".{uuid.uuid4()}.part")
    beside.write_bytes(str_to_bytes(text))
    beside.replace(path)
