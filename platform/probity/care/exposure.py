"""How long and how hard a look is, from what is known before it."""

from __future__ import annotations

from probity.evidence.models import Derivative

from .models import Severity

#: Cautious lengths where nothing says how long somebody looks, in seconds.
PICTURE = 10
STILLS = 20
CLIP_LEAST, CLIP_MOST = 10, 600
GRAVE_CATEGORIES = frozenset({"intimate"})


def severity_of(*, category: str, known: bool, sealed: bool) -> Severity:
    """How hard a case's media is likely to be.

    By what reports say is wrong; one step more where a file of the case is like one in a bank of
    known files, and one where a file was sealed because it may show a minor.
    """
    steps = Severity.GRAVE if category in GRAVE_CATEGORIES else Severity.ORDINARY
    return Severity(min(Severity.GRAVEST, steps + int(known) + int(sealed)))


def seconds_of(derivative: Derivative) -> int:
    """What a look at this copy counts for: a clip or recording its length, within bounds."""
    if derivative.name != "proxy":
        return STILLS if derivative.name in {"sheet", "moments"} else PICTURE
    length = derivative.asset.probe.get("duration")
    if not isinstance(length, (int, float)):
        return CLIP_LEAST
    return round(min(CLIP_MOST, max(CLIP_LEAST, length)))
