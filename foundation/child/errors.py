"""What can happen to a child, as sentences for people."""

from __future__ import annotations

from typing import ClassVar

from foundation.errors import Refusal


class ChildTimedOut(Refusal):
    """The wall-clock limit passed and the child was killed."""

    code: ClassVar[str] = "child-timed-out"


class ChildDied(Refusal):
    """The child ended before it answered.

    ``cause`` is ``memory``, ``cpu``, ``signal``, ``exit``, ``protocol`` or ``start``; ``log`` is
    the last part of what its libraries wrote, for the operator and never for the reader.
    """

    code: ClassVar[str] = "child-died"

    def __init__(self, sentence: str, *, cause: str = "signal", log: str = "") -> None:
        super().__init__(sentence)
        self.cause = cause
        self.log = log


class ChildFailed(Refusal):
    """The function raised something that is not a refusal.

    The sentence names the kind of error only; ``trace`` holds the traceback for the operator's log.
    """

    code: ClassVar[str] = "child-failed"

    def __init__(self, sentence: str, *, trace: str = "") -> None:
        super().__init__(sentence)
        self.trace = trace


_MEMORY_WORDS = ("bad_alloc", "insufficient memory", "can't allocate memory", "cannot allocate")


def lacked_memory(error: BaseException) -> bool:
    """Whether an exception says that memory ran out; native libraries say it in their own words."""
    if isinstance(error, MemoryError):
        return True
    words = str(error).lower()
    return any(known in words for known in _MEMORY_WORDS)
