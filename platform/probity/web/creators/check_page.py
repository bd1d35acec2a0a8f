"""The page of one check, from the row to what is shown."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.urls import reverse

from probity.credentials.models import Check
from probity.credentials.selectors import check_pictures, checks_ahead
from probity.web.credentials.view import Pair, ProvenanceView, Shown


@dataclass(frozen=True)
class CheckPage:
    """One check: the row, what it says, which comparison is open."""

    check: Check
    shown: ProvenanceView | None
    compared: Pair | None
    ahead: int

    @property
    def left_out(self) -> list[str]:
        """Sentences about what could not be done."""
        return list(self.check.more.get("left_out") or ())

    @property
    def kept_days(self) -> int:
        """How long an answer stays that is kept."""
        return int(settings.CHECK_KEPT_DAYS)


def check_page(check: Check, *, compare: str = "") -> CheckPage:
    """Gather it; ``compare`` is the key of the ingredient to show beside the work."""
    shown = provenance_of(check) if check.answer else None
    pairs = shown.pairs if shown else []
    chosen = next((pair for pair in pairs if pair.key == compare), pairs[0] if pairs else None)
    return CheckPage(
        check=check, shown=shown, compared=chosen, ahead=checks_ahead(check) if check.reading else 0
    )


def provenance_of(check: Check) -> ProvenanceView:
    """The view of a check's answer, with the addresses of its pictures."""
    pictures = {
        node: Shown(reverse("check-picture", args=[check.pk, node]), row.width, row.height)
        for node, row in check_pictures(check).items()
    }
    more = check.more
    return ProvenanceView(
        credentials=check.answer["credentials"],
        metadata=check.answer.get("metadata"),
        contradictions=list(check.answer.get("contradictions") or ()),
        watermarks=more.get("watermarks"),
        matches=more.get("matches"),
        pictures=pictures,
    )
