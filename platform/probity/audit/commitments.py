"""Salted commitments: what the log says of personal data instead of the data."""

from __future__ import annotations

from foundation.chain import Commitment, commit, opens


def commit_to(value: str) -> tuple[str, str]:
    """(digest for the log, salt to keep beside the value and to destroy with it)."""
    commitment = commit(value)
    return commitment.digest, commitment.salt


def commitment_opens(*, digest: str, salt: str, value: str) -> bool:
    """Whether the log's digest stands for this value."""
    return opens(value, Commitment(salt=salt, digest=digest))
