"""Further steps of a reveal, and what happens where a day's budget for looking is used."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_POST

from probity.accounts.roles import Ability
from probity.care.selectors import day_of, rules_now
from probity.cases.models import Case
from probity.cases.selectors import case_find
from probity.core.errors import NotFound
from probity.evidence.selectors import derivative_find
from probity.web.guard import actor_of, needs
from probity.web.pages import by_htmx, go, parts
from probity.workflow.viewing import Step, case_hand_on, case_severity, media_step

from .forms import id_read
from .revealed import remember_colour, revealed_in
from .views import page_of


@require_GET
@needs(Ability.CASES_READ)
def limit(request: HttpRequest, case_id: UUID, derivative_id: UUID) -> HttpResponseBase:
    """The day's budget is used: a break, handing on, or a deliberate yes."""
    case, copy = case_find(case_id), derivative_find(derivative_id)
    if not case.items.filter(asset=copy.asset_id).exists():
        raise NotFound(gettext("This case has no such file."))
    day = day_of(actor_of(request).require_person(Ability.CASES_READ))
    if day.of(case_severity(case.pk)).share < 1:
        return redirect("case", case_id=case.pk)
    context = {"case": case, "copy": copy, "rules": rules_now()}
    return render(request, "web/care/limit.html", context)


@require_POST
@needs(Ability.CASES_WORK)
def give_on(request: HttpRequest, case_id: UUID) -> HttpResponseBase:
    """Hand the case on because of the day's budget."""
    return given_on(request, case_find(case_id))


def given_on(request: HttpRequest, case: Case) -> HttpResponseBase:
    """Give the case back where this person holds it, and say what happened."""
    if case_hand_on(case=case, actor=actor_of(request)):
        messages.info(
            request,
            gettext("{label} went back to the queue for somebody else. Its clocks run on.").format(
                label=case.label
            ),
        )
        return go(request, reverse("queue"))
    messages.info(
        request,
        gettext(
            "You have looked at as much of this kind as one day holds. You do not "
            "hold this case, so "
            "nothing was given back."
        ),
    )
    return go(request, reverse("case", args=[case.pk]))


@require_POST
@needs(Ability.CASES_READ)
def step(request: HttpRequest, case_id: UUID) -> HttpResponseBase:
    """Go on to colour, or note that the sound was switched on; each is on the record."""
    case, actor = case_find(case_id), actor_of(request)
    copy = derivative_find(id_read(request.POST, "derivative"))
    if str(copy.pk) not in revealed_in(request, case):
        raise NotFound(gettext("This is not revealed."))
    sound = request.POST.get("step") == Step.SOUND
    media_step(case=case, derivative=copy, step=Step.SOUND if sound else Step.COLOUR, actor=actor)
    if sound:
        return HttpResponse(status=204)
    remember_colour(request, case, copy)
    if not by_htmx(request):
        return go(request, reverse("case", args=[case.pk]) + "#media")
    say = gettext("The media is shown in colour. Conceal it when you have seen enough.")
    return parts(request, "media", say=say, page=page_of(request, case.pk))
