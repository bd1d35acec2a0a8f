"""Lifting a seal: alone, or with a second person who agrees."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_POST

from probity.accounts.roles import Ability
from probity.cases.models import Case
from probity.cases.selectors import case_find
from probity.core.errors import NotFound
from probity.evidence.models import Asset, LiftOutcome
from probity.web.guard import actor_of, needs
from probity.web.language.later import later
from probity.web.pages import go
from probity.workflow.sealing import evidence_unseal, evidence_unseal_answer

from .seal_page import lifts_waiting
from .versioned import versioned

LIFTED = later("The seal is lifted. A worker looks at the file and makes its pictures anew.")
SETTLED = {
    LiftOutcome.AGREED: LIFTED,
    LiftOutcome.REFUSED: later("You refused. The file stays sealed."),
    LiftOutcome.WITHDRAWN: later("The proposal is taken back. The file stays sealed."),
}


@require_POST
@needs(Ability.SEALS_LIFT)
@versioned
def unseal(request: HttpRequest, case_id: UUID) -> HttpResponseBase:
    """Lift a seal that rests on an unproved word, or propose it to a second person."""
    case, asset = _named(request, case_id)
    reason = request.POST.get("reason", "")
    lift = evidence_unseal(case=case, asset=asset, reason=reason, actor=actor_of(request))
    waits = gettext("It is proposed. The file stays sealed until a second person agrees.")
    messages.success(request, waits if lift else str(LIFTED))
    return go(request, reverse("case", args=[case.pk]))


@require_POST
@needs(Ability.SEALS_LIFT)
@versioned
def unseal_answer(request: HttpRequest, case_id: UUID) -> HttpResponseBase:
    """Be the second person, or take one's own proposal back."""
    case, asset = _named(request, case_id)
    lift = evidence_unseal_answer(
        case=case, asset=asset, agree=request.POST.get("answer") == "agree",
        reason=request.POST.get("reason", ""), actor=actor_of(request),
    )  # fmt: skip
    messages.success(request, str(SETTLED[LiftOutcome(lift.outcome)]))
    return go(request, reverse("case", args=[case.pk]))


@require_GET
@needs(Ability.SEALS_LIFT)
def seal_lifts(request: HttpRequest) -> HttpResponse:
    """The seals that wait for a second person."""
    person = actor_of(request).require_person(Ability.SEALS_LIFT)
    return render(request, "web/triage/seal_lifts.html", {"rows": lifts_waiting(person)})


def _named(request: HttpRequest, case_id: UUID) -> tuple[Case, Asset]:
    case = case_find(case_id)
    item = case.items.select_related("asset").filter(asset_id=request.POST.get("asset", "")).first()
    if item is None:
        raise NotFound(gettext("This case has no such file."))
    return case, item.asset
