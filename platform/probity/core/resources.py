"""Which weights and trust lists this installation has."""

from __future__ import annotations

from foundation.resources import Where, gather


def resource_digests() -> dict[str, str]:
    """SHA-256 of every resource in the store, by id."""
    return {
        row.resource.id: row.resource.sha256
        for row in gather().status()
        if row.where is Where.STORE
    }
