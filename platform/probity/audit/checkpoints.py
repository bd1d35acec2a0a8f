"""Making checkpoints: the heads that moved become leaves, the new root is signed and kept outside.

One at a time (an advisory lock); incremental: the cost is that of the chains that grew since.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable

from django.db import connection, transaction

from foundation.log import Checkpoint, Frontier, HeadStatement
from probity.core.clock import now

from .keys import log_key
from .models import LogCheckpoint, LogLeaf, LogNode
from .outside import outside_keep

logger = logging.getLogger(__name__)
LOCK = 0x70726F62
BLOCK = 5_000

MOVED = """
SELECT c.name, c.events, c.head FROM audit_chain c
WHERE c.events > 0 AND NOT EXISTS (
  SELECT 1 FROM audit_leaf l WHERE l.chain = c.name AND l.events = c.events
)
ORDER BY c.name
"""


def checkpoint_make() -> LogCheckpoint | None:
    """Add every head that moved to the log and sign its new root; None when none moved.

    The note is also written outside the database, once the transaction stands.
    """
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
            cursor.execute(MOVED)
            moved = [HeadStatement(chain=c, events=e, head=h) for c, e, h in cursor.fetchall()]
        if not moved:
            return None
        checkpoint = _grow(moved)
        transaction.on_commit(lambda: outside_keep(checkpoint))
    return checkpoint


def _grow(moved: list[HeadStatement]) -> LogCheckpoint:
    frontier = log_frontier()
    leaves, nodes = [], []
    for statement in moved:
        leaves.append(LogLeaf(index=frontier.size, **vars(statement)))
        nodes += [
            LogNode(level=level, place=place, hash=value)
            for level, place, value in frontier.append(statement.leaf)
        ]
    _insert(LogLeaf, leaves)
    _insert(LogNode, nodes)
    moment, key = now(), log_key()
    checkpoint = Checkpoint(
        origin=key.name,
        size=frontier.size,
        root=frontier.root(),
        extra=(f"time {moment.isoformat(timespec='seconds')}",),
    )
    return LogCheckpoint.objects.create(
        size=frontier.size, root=frontier.root().hex(), note=checkpoint.signed(key), at=moment
    )


def _insert(model: type[LogLeaf] | type[LogNode], rows: Iterable[LogLeaf | LogNode]) -> None:
    model.objects.bulk_create(list(rows), batch_size=BLOCK)  # type: ignore[arg-type]


def log_frontier() -> Frontier:
    """The tree's right edge, read from its perfect subtrees."""
    last = LogLeaf.objects.order_by("-index").first()
    size = last.index + 1 if last else 0
    peaks, start = [], 0
    for level in range(size.bit_length() - 1, -1, -1):
        if size >> level & 1:
            peaks.append(node_read(level, start >> level))
            start += 1 << level
    return Frontier(size=size, peaks=peaks)


def node_read(level: int, place: int) -> bytes:
    """The hash of a perfect subtree of the log; raises LogNode.DoesNotExist."""
    return bytes(LogNode.objects.get(level=level, place=place).hash)
