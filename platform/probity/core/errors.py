"""The platform's refusals: one class per failure, one sentence for web, API and command line."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from foundation.errors import Refusal

__all__ = [
    "Conflict",
    "InvalidInput",
    "KeyReused",
    "NotAllowed",
    "NotFound",
    "Refusal",
    "SignInNeeded",
    "TooManyRequests",
]


class NotFound(Refusal):
    """What was asked for does not exist, or may not be known by the one who asks."""

    code: ClassVar[str] = "not-found"
    status: ClassVar[int] = 404


class Conflict(Refusal):
    """The request was fine, but somebody or something else came first."""

    code: ClassVar[str] = "conflict"
    status: ClassVar[int] = 409


class KeyReused(Conflict):
    """An Idempotency-Key stands for another request of the same token."""

    code: ClassVar[str] = "idempotency-key-reused"


class NotAllowed(Refusal):
    """The person or token lacks the role or scope."""

    code: ClassVar[str] = "not-allowed"
    status: ClassVar[int] = 403


class SignInNeeded(Refusal):
    """No identity, or one that is no longer valid."""

    code: ClassVar[str] = "sign-in-needed"
    status: ClassVar[int] = 401


class TooManyRequests(Refusal):
    """The caller should wait."""

    code: ClassVar[str] = "too-many-requests"
    status: ClassVar[int] = 429

    def __init__(self, sentence: str, *, wait_seconds: int = 60) -> None:
        super().__init__(sentence)
        self.wait_seconds = wait_seconds


class InvalidInput(Refusal):
    """One or more fields are wrong; ``fields`` maps each to its own sentence."""

    code: ClassVar[str] = "invalid-input"
    status: ClassVar[int] = 422

    def __init__(self, sentence: str, *, fields: Mapping[str, str] | None = None) -> None:
        super().__init__(sentence)
        self.fields = dict(fields or {})

    @classmethod
    def of(cls, fields: Mapping[str, str]) -> InvalidInput:
        """Join the fields' sentences into one."""
        return cls(" ".join(fields.values()), fields=fields)
