"""What counts how much, and the order that other weights would give today's backlog."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.http import QueryDict
from django.utils.translation import gettext

from probity.cases.models import PriorityWeights
from probity.cases.order_preview import OrderPreview, order_preview
from probity.cases.prioritising import weights_now
from probity.cases.priority import DEFAULTS
from probity.web.language.tables import WEIGHT_WORDS

GROUPS = {
    "The clock": (
        "late", "within_2h", "within_8h", "within_24h", "within_72h", "later",
        "own_target_percent", "placeless_percent",
    ),
    "The harm": ("harm_critical", "harm_high", "harm_medium", "harm_low"),
    "Who and how many": (
        "authority", "trusted_flagger", "reports_doubling", "spread_doubling", "escalated",
        "waiting_day",
    ),
}  # fmt: skip


@dataclass(frozen=True)
class Weight:
    """One field of the form."""

    name: str
    words: str
    value: str
    present: int
    shipped: int
    error: str


@dataclass(frozen=True)
class PriorityPage:
    """The form, the preview, and earlier weights."""

    number: int
    groups: dict[str, list[Weight]]
    history: list[PriorityWeights]
    reason: str = ""
    errors: Mapping[str, str] = field(default_factory=dict)
    preview: OrderPreview | None = None

    @property
    def said(self) -> str:
        """What the preview found, in a sentence."""
        found = self.preview
        if found is None:
            return ""
        if not found.changed:
            return gettext("None of {looked_at} cases would stand in another place.").format(
                looked_at=found.looked_at
            )
        more = (
            gettext(" {more} more were not looked at.").format(more=found.more)
            if found.more
            else ""
        )
        return gettext("{changed} of {looked_at} cases would stand in another place.{more}").format(
            changed=found.changed, looked_at=found.looked_at, more=more
        )


def priority_page(
    *,
    draft: Mapping[str, str] | None = None,
    reason: str = "",
    errors: Mapping[str, str] | None = None,
    proposed: Mapping[str, int] | None = None,
) -> PriorityPage:
    """Gather it; ``proposed`` weights are held against today's backlog."""
    current = weights_now()
    said = draft or {}
    wrong = errors or {}

    def weight(name: str) -> Weight:
        present = current.values[name]
        value = said.get(name, str(present))
        error = wrong.get(name, "")
        return Weight(name, WEIGHT_WORDS[name], value, present, DEFAULTS[name], error)

    return PriorityPage(
        current.number,
        {title: [weight(name) for name in names] for title, names in GROUPS.items()},
        list(PriorityWeights.objects.select_related("person")[:10]),
        reason,
        wrong,
        order_preview(proposed) if proposed is not None else None,
    )


def weights_read(data: QueryDict) -> dict[str, str]:
    """The form's raw values."""
    return {name: data.get(name, "").strip() for name in DEFAULTS}
