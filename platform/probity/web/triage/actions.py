"""Doing: claim, answer, reveal, seal. Each view calls one service and shows the result.

With htmx only the regions that changed come back; without it the browser returns to the case.
"""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from probity.accounts.roles import Ability
from probity.care.services import ExposureSpent
from probity.cases.claims import case_claim, case_release, next_case_claim
from probity.cases.models import Case, Queue
from probity.cases.notice import places_read
from probity.cases.selectors import case_find
from probity.core.errors import NotFound
from probity.evidence.selectors import derivative_find
from probity.web.guard import actor_of, needs
from probity.web.pages import by_htmx, go, go_case, parts
from probity.workflow.case_decide import (
    facts_answer,
    media_reveal,
    places_answer,
)
from probity.workflow.sealing import evidence_seal

from .care_steps import given_on
from .forms import answer_read, id_read
from .revealed import forget, remember
from .versioned import versioned
from .views import page_of

QUEUE_NOW = "queue_now"
LAW = ("law", "urgency", "hold", "head", "decide_rules")


@require_POST
@needs(Ability.CASES_WORK)
def take_next(request: HttpRequest) -> HttpResponseBase:
    """The most urgent case that nobody holds, of the queue that is shown or of all."""
    queue = Queue.objects.filter(key=_queue_now(request)).first()
    claim = next_case_claim(actor=actor_of(request), queue=queue)
    if claim is None:
        messages.info(request, gettext("No case is waiting. Well done."))
        return go(request, reverse("queue"))
    return go_case(request, reverse("case", args=[claim.case_id]))


def _queue_now(request: HttpRequest) -> str:
    """The queue that the list was narrowed to; from a case on, the one of the last list."""
    if "queue" in request.POST and request.session.get(QUEUE_NOW, "") != request.POST["queue"]:
        request.session[QUEUE_NOW] = request.POST["queue"][:40]
    return str(request.session.get(QUEUE_NOW, ""))


@require_POST
@needs(Ability.CASES_WORK)
def claim(request: HttpRequest, case_id: UUID) -> HttpResponseBase:
    """Take this case, or extend one's claim on it."""
    case = case_find(case_id)
    held = case_claim(case=case, actor=actor_of(request))
    return _back(
        request,
        case,
        "hold",
        "head",
        say=gettext("You hold this case until {until:%H:%M} UTC.").format(until=held.until),
    )


@require_POST
@needs(Ability.CASES_WORK)
def release(request: HttpRequest, case_id: UUID) -> HttpResponseBase:
    """Give it back, with a reason or without one."""
    case = case_find(case_id)
    case_release(case=case, actor=actor_of(request), reason=request.POST.get("reason", ""))
    messages.success(request, gettext("{label} went back to the queue.").format(label=case.label))
    return go(request, reverse("queue"))


@require_POST
@needs(Ability.CASES_WORK)
@versioned
def facts(request: HttpRequest, case_id: UUID) -> HttpResponseBase:
    """Answer one question of the law, or take an answer back."""
    case = case_find(case_id)
    answers = answer_read(request.POST)
    facts_answer(case=case, answers=answers, actor=actor_of(request))
    return _back(request, case, *LAW, say=gettext("Answered. The rules were looked at again."))


@require_POST
@needs(Ability.CASES_WORK)
@versioned
def places(request: HttpRequest, case_id: UUID) -> HttpResponseBase:
    """Say which places the case concerns."""
    case = case_find(case_id)
    wanted = places_read(request.POST.get("places", ""))
    places_answer(case=case, places=wanted, actor=actor_of(request))
    say = gettext("The places are noted. The rules were looked at again.")
    return _back(request, case, "where", *LAW, say=say)


@require_POST
@needs(Ability.CASES_READ)
def reveal(request: HttpRequest, case_id: UUID) -> HttpResponseBase:
    """Show a safe copy of the media to this person, on the record."""
    case = case_find(case_id)
    copy = derivative_find(id_read(request.POST, "derivative"))
    confirmed = "confirmed" in request.POST
    try:
        media_reveal(case=case, derivative=copy, actor=actor_of(request), confirmed=confirmed)
    except ExposureSpent as spent:
        if spent.hand_on:
            return given_on(request, case)
        return go(request, reverse("reveal-limit", args=[case.pk, copy.pk]))
    remember(request, case, copy)
    say = gettext("The media is shown. Conceal it when you have seen enough.")
    return _back(request, case, "media", say=say)


@require_POST
@needs(Ability.CASES_READ)
def conceal(request: HttpRequest, case_id: UUID) -> HttpResponseBase:
    """Conceal it again."""
    case = case_find(case_id)
    forget(request, case)
    return _back(request, case, "media", say=gettext("The media is concealed."))


@require_POST
@needs(Ability.ASSETS_SEAL)
@versioned
def seal(request: HttpRequest, case_id: UUID) -> HttpResponseBase:
    """Seal a file that may show a minor."""
    case = case_find(case_id)
    item = case.items.select_related("asset").filter(asset_id=request.POST.get("asset", "")).first()
    if item is None:
        raise NotFound(gettext("This case has no such file."))
    evidence_seal(case=case, asset=item.asset, actor=actor_of(request))
    forget(request, case)
    messages.success(request, gettext("The file is sealed. Nobody can open it from now on."))
    return go(request, reverse("case", args=[case.pk]))


def _back(request: HttpRequest, case: Case, *names: str, say: str) -> HttpResponseBase:
    """The regions that changed, or the whole page for a browser without scripts."""
    if not by_htmx(request):
        return go(request, reverse("case", args=[case.pk]))
    return parts(request, *names, say=say, page=page_of(request, case.pk))
