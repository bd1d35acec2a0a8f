"""Handing a case to an outside body: proposed, answered by another person, sent, ended."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from probity.accounts.roles import Ability
from probity.cases.access import case_require
from probity.cases.selectors import case_find
from probity.contests.referral_models import Referral, ReferralState
from probity.contests.referring import referral_answer, referral_propose
from probity.contests.selectors import referral_find
from probity.core.errors import InvalidInput, NotFound
from probity.web.guard import actor_of, needs
from probity.web.language.later import later
from probity.web.language.said import said
from probity.workflow.referral_files import REFERRAL_STEPS

#: What each step was to bring about, and how people hear that it did.
CAME = {
    "submit": (
        ReferralState.OPENED,
        later("The report is open there. Finish it, or take it back."),
    ),
    "finish": (ReferralState.FINISHED, later("The report is finished there.")),
    "retract": (ReferralState.RETRACTED, later("The report was taken back there.")),
}


@require_POST
@needs(Ability.REFERRALS_SUBMIT)
def propose(request: HttpRequest, case_id: UUID) -> HttpResponseBase:
    """Propose it."""
    actor = actor_of(request)
    case_require(actor.person, case_id)
    try:
        referral_propose(
            case=case_find(case_id), name=request.POST.get("plugin", ""),
            summary=request.POST.get("summary", ""), reason=request.POST.get("reason", ""),
            with_files=request.POST.get("with_files") == "1", actor=actor,
        )  # fmt: skip
    except InvalidInput as wrong:
        for sentence in wrong.fields.values():
            messages.error(request, said(sentence))
    else:
        messages.success(request, gettext("It is proposed. A second person has to agree."))
    return redirect("case", case_id)


@require_POST
@needs(Ability.REFERRALS_SUBMIT)
def answer(request: HttpRequest, referral_id: UUID) -> HttpResponseBase:
    """The second person's word."""
    row = referral_answer(
        referral=_found(request, referral_id), agree="agree" in request.POST,
        actor=actor_of(request),
    )  # fmt: skip
    agreed = row.state == ReferralState.AGREED
    words = (
        gettext("You agreed. Nothing has been sent yet: send the report.")
        if agreed
        else gettext("You refused. Nothing is sent.")
    )
    messages.success(request, words)
    return redirect("case", row.case_id)


@require_POST
@needs(Ability.REFERRALS_SUBMIT)
def step(request: HttpRequest, referral_id: UUID, name: str) -> HttpResponseBase:
    """Call the outside body."""
    take = REFERRAL_STEPS.get(name)
    if take is None:
        raise NotFound("A referral has no such step.")
    row = take(referral=_found(request, referral_id), actor=actor_of(request))
    wanted, words = CAME.get(name, (None, later("Its answers are written down below.")))
    if wanted is None or row.state == wanted:
        messages.success(request, words)
    else:
        messages.error(
            request, gettext("It was not taken there. What came back is written down; try again.")
        )
    return redirect("case", row.case_id)


def _found(request: HttpRequest, referral_id: UUID) -> Referral:
    return referral_find(referral_id, person=actor_of(request).person)
