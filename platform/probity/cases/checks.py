"""A misspelt safety setting stops the start instead of sealing nothing."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, register

from .models import Category


@register()
def seal_categories_known(**_: Any) -> list[CheckMessage]:
    """Every category in PROBITY_SEAL_CATEGORIES exists."""
    unknown = sorted(set(settings.SEAL_CATEGORIES) - set(Category))
    if not unknown:
        return []
    return [
        Error(
            f"PROBITY_SEAL_CATEGORIES names {', '.join(unknown)}, which is no category; "
            f"choose from {', '.join(Category)}.",
            id="cases.E001",
        )
    ]
