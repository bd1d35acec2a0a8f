"""Untrusted work in a long-lived subprocess that can be killed.

``call("package.module:function", payload)`` runs one function in a confined child and returns what
it returned. Files are hostile until proven otherwise, so whatever parses them runs here.
"""

from __future__ import annotations

from foundation.child.ceiling import within
from foundation.child.errors import ChildDied, ChildFailed, ChildTimedOut, lacked_memory
from foundation.child.events import ask, emit
from foundation.child.pool import Isolation, Limits, call, isolation, shutdown

__all__ = [
    "ChildDied",
    "ChildFailed",
    "ChildTimedOut",
    "Isolation",
    "Limits",
    "ask",
    "call",
    "emit",
    "isolation",
    "lacked_memory",
    "shutdown",
    "within",
]
