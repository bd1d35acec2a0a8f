"""A misspelt fact or place of the service stops the start instead of leaving the law unknown."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, register

from probity.core.errors import InvalidInput

from .law import places_check, service_fact_check


@register()
def service_facts_known(**_: Any) -> list[CheckMessage]:
    """Every fact in PROBITY_SERVICE_FACTS is one that the service itself may supply."""
    wrong = (service_fact_check(name, value) for name, value in settings.SERVICE_FACTS.items())
    return [
        Error(f"PROBITY_SERVICE_FACTS: {sentence}", id="decisions.E001")
        for sentence in wrong
        if sentence
    ]


@register()
def served_places_known(**_: Any) -> list[CheckMessage]:
    """Every place in PROBITY_SERVED_PLACES exists."""
    try:
        places_check(settings.SERVED_PLACES)
    except InvalidInput as refusal:
        return [Error(f"PROBITY_SERVED_PLACES: {refusal.sentence}", id="decisions.E002")]
    return []
