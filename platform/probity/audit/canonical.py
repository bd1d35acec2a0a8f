"""Digests of stored values, in the form the log vouches for."""

from __future__ import annotations

from typing import Any

from foundation.chain import canonical, digest


def digest_of(value: Any) -> str:
    """SHA-256 of a text's UTF-8, or of any JSON value in canonical form (RFC 8785)."""
    return digest(value.encode() if isinstance(value, str) else canonical(value))
