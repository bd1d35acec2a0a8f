"""Finding the installed plug-ins: entry-point group ``probity.referrals``, code imported on use."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from typing import Any, Protocol

from django.conf import settings

from probity.core.errors import Conflict, NotFound

logger = logging.getLogger(__name__)
GROUP = "probity.referrals"


@dataclass(frozen=True)
class Step:
    """One exchange with the outside body: what was called and what came back."""

    name: str
    ok: bool
    status: int | None
    answer: str
    outside_id: str = ""


@dataclass(frozen=True)
class Facts:
    """What a plug-in may use of a case: no reporter, no reason in free words but ``summary``."""

    number: str
    opened_at: str
    summary: str
    addresses: list[str]
    uploader: dict[str, str]
    files: list[dict[str, str]]


class Plugin(Protocol):
    """One outside body."""

    title: str
    keep_days: int

    def document(self, facts: Facts) -> str:
        """What will be submitted, exactly."""

    def submit(self, document: str) -> Step:
        """Open a report there; the step carries their id."""

    def upload(self, outside_id: str, *, name: str, content: bytes) -> Step:
        """Send one file; raises Conflict unless it was enabled."""

    def finish(self, outside_id: str) -> Step:
        """Close the report: nothing can be taken back after this."""

    def retract(self, outside_id: str) -> Step:
        """Take an unfinished report back."""


@cache
def installed() -> dict[str, EntryPoint]:
    """Every plug-in that is installed, by name; none is imported."""
    return {point.name: point for point in entry_points(group=GROUP)}


def switched_on() -> list[str]:
    """The plug-ins that the operator switched on (PROBITY_REFERRALS)."""
    return [name for name in settings.REFERRALS if name in installed()]


def plugin(name: str) -> Plugin:
    """The plug-in of this name; raises NotFound for none, Conflict when it is off."""
    point = installed().get(name)
    if point is None:
        raise NotFound("No referral plug-in has this name.")
    if name not in settings.REFERRALS:
        raise Conflict(
            "Referring to this body is switched off. An administrator can name it in "
            "PROBITY_REFERRALS."
        )
    made: Any = point.load()()
    return made  # type: ignore[no-any-return]


def titles() -> dict[str, str]:
    """The switched-on bodies by name, as people call them; one that cannot be loaded is left out
    with a line in the program's log."""
    found = {}
    for name in switched_on():
        try:
            found[name] = plugin(name).title
        except Exception:  # somebody else's code must not take the case page away
            logger.exception("The referral plug-in %s could not be loaded.", name)
    return found
