"""A misspelt name of a referral plug-in stops the start."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, register

from .referrals.plugins import installed


@register()
def referrals_known(**_: Any) -> list[CheckMessage]:
    """Every plug-in in PROBITY_REFERRALS is installed."""
    unknown = sorted(set(settings.REFERRALS) - set(installed()))
    if not unknown:
        return []
    return [
        Error(
            f"PROBITY_REFERRALS names {', '.join(unknown)}, which is not installed; installed: "
            f"{', '.join(sorted(installed())) or 'none'}.",
            id="contests.E001",
        )
    ]
