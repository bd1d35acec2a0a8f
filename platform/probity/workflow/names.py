"""What workers call themselves."""

from __future__ import annotations

import os
import socket
from uuid import uuid4


def worker_name() -> str:
    """This process, and this attempt to work: no two claims share a name."""
    return f"{socket.gethostname()}:{os.getpid()}:{uuid4().hex[:8]}"[:80]
