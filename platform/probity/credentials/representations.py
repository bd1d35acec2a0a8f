"""Checks for programs: the same dictionary in the download and in the API."""

from __future__ import annotations

from typing import Any

from .models import Check


def check_told(check: Check) -> dict[str, Any]:
    """Everything that is known of a check. ``reading`` is true while more is to come; members are
    None until they are known."""
    return {
        "id": str(check.pk),
        "file": check.name,
        "sha256": check.sha256,
        "bytes": check.bytes,
        "made_at": check.made_at.isoformat(),
        "expires_at": check.expires_at.isoformat(),
        "reading": check.reading,
        "credentials": check.answer.get("credentials"),
        "metadata": check.answer.get("metadata"),
        "contradictions": check.answer.get("contradictions"),
        "watermarks": check.more.get("watermarks"),
        "possible_matches": check.more.get("matches"),
        "left_out": check.more.get("left_out") or [],
    }
