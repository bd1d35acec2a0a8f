"""The bar that lets a person undo what they just decided, on whichever page they are by then."""

from __future__ import annotations

from typing import Any

from django import template
from django.conf import settings
from django.db.models import Q

from probity.accounts.models import Person
from probity.core.clock import now
from probity.decisions.models import Decision, DecisionState
from probity.web.triage.actions_words import headline

register = template.Library()
MOST = 3


@register.inclusion_tag("web/triage/undo_bar.html", takes_context=True)
def undo_bar(context: dict[str, Any]) -> dict[str, Any]:
    """The person's decisions that can still be undone, the latest first."""
    person = context.get("person")
    if not isinstance(person, Person) or settings.UNDO_SECONDS <= 0:
        return {"rows": []}
    rows = (
        Decision.objects.filter(
            Q(person=person) | Q(approval__person=person),
            standing__state=DecisionState.WAITING,
            standing__effective_after__gt=now(),
        )
        .select_related("case", "standing")
        .prefetch_related("measures")
        .order_by("-standing__effective_after")[:MOST]
    )
    return {
        "rows": [(row, headline(row.measures.all())) for row in rows],
        "seconds": settings.UNDO_SECONDS,
        "csrf_token": context.get("csrf_token"),
    }
