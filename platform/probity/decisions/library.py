"""The installed packs as text to read, and what they would say to other facts or another day."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from functools import cache
from typing import Any

from policy.diff import PastCase, changes, shifts
from policy.reading import pack_dict
from policy.stale import stale
from probity.core.errors import NotFound

from . import law
from .facts import KnownFact, Value
from .models import PackVersion, PolicyEvaluation

#: How many recorded cases a comparison tries.
MOST_CASES = 2_000


@cache
def pack_texts() -> dict[str, dict[str, Any]]:
    """Every installed pack as JSON-able text, by id (see policy.reading)."""
    return {pack.id: pack_dict(pack) for pack in law.packs()}


def pack_text_find(name: str) -> dict[str, Any]:
    """One installed pack's text; raises NotFound."""
    text = pack_texts().get(name)
    if text is None:
        raise NotFound(f"No policy pack called {name} is installed here.")
    return text


def version_text(version: PackVersion) -> dict[str, Any]:
    """A kept version's text, whether or not it is still installed."""
    return pack_dict(law.pack_of(version.document, name=f"{version.pack} {version.version}"))


def changes_between(old: PackVersion, new: PackVersion) -> dict[str, Any]:
    """Which rules differ between two kept versions, and which recorded cases would come out so.

    Every case's latest evaluation that used the old version is tried under the new one.
    """
    before, after = (
        law.pack_of(row.document, name=f"{row.pack} {row.version}") for row in (old, new)
    )
    rows = PolicyEvaluation.objects.filter(pack_digests__contains={old.pack: old.digest})
    latest = rows.order_by("case", "-made_at").distinct("case")[:MOST_CASES]
    past = [PastCase.read(_recorded(row), name=str(row.case_id)) for row in latest]
    return {
        "pack": old.pack,
        "old": {"version": old.version, "digest": old.digest},
        "new": {"version": new.version, "digest": new.digest},
        "rules": [change.to_dict() for change in changes([before], [after])],
        "cases": len(past),
        "shifts": [shift.to_dict() for shift in shifts([before], [after], past)],
    }


def _recorded(row: PolicyEvaluation) -> dict[str, Any]:
    return {
        "id": str(row.case_id),
        "facts": row.facts,
        "at": row.result["at"],
        "places": row.places,
        "received_at": row.result["received_at"],
    }


def sources_due(day: date) -> dict[str, Any]:
    """Sources past their check date, and statutes about to take effect or to end."""
    found = [due.to_dict() for due in stale(law.packs(), at=day)]
    return {
        "at": day.isoformat(),
        "reviews": [due for due in found if due["kind"] == "review"],
        "changes": [due for due in found if due["kind"] == "change"],
    }


def what_if(
    facts: Mapping[str, Value], *, at: datetime, places: list[str], received_at: datetime
) -> dict[str, Any]:
    """What the packs say if a reviewer confirmed these facts: nothing is recorded.

    Raises InvalidInput for facts and places that no pack knows.
    """
    known = {
        name: KnownFact(law.fact_check(name, value), "reviewer") for name, value in facts.items()
    }
    checked = law.places_check(places)
    known = {**law.calendar_of(checked, at=at), **known}
    return law.evaluate(known, at=at, places=checked, received_at=received_at)
