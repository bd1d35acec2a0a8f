"""Known copies of a case: answering proposals, comparing, carrying a decision, campaigns."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from probity.accounts.roles import Ability
from probity.care.services import ExposureSpent
from probity.cases.models import Case
from probity.cases.selectors import case_find
from probity.core.errors import InvalidInput
from probity.matching.models import Carry
from probity.matching.selectors import carry_find, cluster_find, match_find
from probity.web.guard import actor_of, needs
from probity.web.pages import go
from probity.web.triage.care_steps import given_on
from probity.web.triage.revealed import remember
from probity.web.words import plural
from probity.workflow.case_carry import carry_agree, carry_preview, carry_propose, carry_refuse
from probity.workflow.case_compare import pair_reveal
from probity.workflow.case_copies import copies_search, copy_answer

from .campaign_page import campaign_page
from .compare_page import compare_page
from .copies_page import CarryPage


@require_POST
@needs(Ability.CASES_WORK)
def answer(request: HttpRequest, case_id: UUID, match_id: UUID) -> HttpResponseBase:
    """Say that a match is a copy, or that it is none."""
    case, accepted = case_find(case_id), request.POST.get("accepted") == "true"
    copy_answer(
        case=case, match=match_find(match_id), accepted=accepted,
        why=request.POST.get("why", ""), actor=actor_of(request),
    )  # fmt: skip
    messages.success(
        request, gettext("Noted: it is a copy.") if accepted else gettext("Noted: it is no copy.")
    )
    return go(request, reverse("case", args=[case.pk]) + "#copies")


@require_http_methods(["GET", "POST"])
@needs(Ability.CASES_READ)
def compare(request: HttpRequest, case_id: UUID, match_id: UUID) -> HttpResponseBase:
    """Two files side by side; both stay concealed until this person chooses to look."""
    case, match = case_find(case_id), match_find(match_id)
    if request.method == "POST":
        confirmed = "confirmed" in request.POST
        try:
            pair = pair_reveal(case=case, match=match, actor=actor_of(request), confirmed=confirmed)
        except ExposureSpent as spent:
            if spent.hand_on:
                return given_on(request, case)
            page = compare_page(request, case=case, match=match)
            context = {"page": page, "spent": spent.sentence}
            return render(request, "web/matching/compare.html", context, status=spent.status)
        for derivative in pair:
            remember(request, case, derivative)
        return redirect("compare", case_id=case.pk, match_id=match.pk)
    page = compare_page(request, case=case, match=match)
    return render(request, "web/matching/compare.html", {"page": page})


@require_GET
@needs(Ability.CASES_READ)
def carry(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """What a decision could be carried to."""
    person = actor_of(request).require_person(Ability.CASES_READ)
    page = CarryPage(case_find(case_id), person=person)
    return render(request, "web/matching/carry.html", {"page": page})


@require_POST
@needs(Ability.CASES_WORK)
def search(request: HttpRequest, case_id: UUID) -> HttpResponseBase:
    """Look for copies now; the effort is recorded."""
    found = copies_search(case=case_find(case_id), actor=actor_of(request))
    messages.success(
        request,
        gettext(
            "{compared} compared: {identical} with the very same bytes, {near} "
            "alike. The search is on the record."
        ).format(
            compared=plural(found.compared, "hash", "hashes"),
            identical=found.identical,
            near=found.near,
        ),
    )
    return redirect("carry", case_id=case_id)


@require_POST
@needs(Ability.CASES_WORK)
def carry_on(request: HttpRequest, case_id: UUID) -> HttpResponseBase:
    """Carry the decision to the chosen cases, or to all with the very same file in one step."""
    case = case_find(case_id)
    if "identical" in request.POST:
        copies = carry_preview(case, person=actor_of(request).person)
        chosen = [each.case.pk for each in copies if each.identical]
    else:
        chosen = _ids(request.POST.getlist("cases"))
    _tell(request, carry_propose(case=case, chosen=chosen, actor=actor_of(request)))
    return redirect("carry", case_id=case.pk)


@require_POST
@needs(Ability.CASES_WORK)
def carry_settle(request: HttpRequest, carry_id: UUID) -> HttpResponseBase:
    """Agree to what somebody else proposed, or refuse it."""
    settle = carry_agree if request.POST.get("agree") == "true" else carry_refuse
    settled = settle(carry=carry_find(carry_id), actor=actor_of(request))
    _tell(request, settled)
    return redirect("carry", case_id=settled.case)


@require_GET
@needs(Ability.CASES_READ)
def campaign(request: HttpRequest, cluster_id: UUID) -> HttpResponse:
    """All copies of one thing over time."""
    person = actor_of(request).require_self()
    page = campaign_page(cluster_find(cluster_id), person=person)
    return render(request, "web/matching/campaign.html", {"page": page})


def _tell(request: HttpRequest, carried: Carry) -> None:
    if carried.outcome == "refused":
        messages.info(request, gettext("Refused. Nothing was carried."))
    elif not carried.outcome:
        messages.info(
            request, gettext("Proposed. A second person has to agree before it is carried.")
        )
    else:
        targets = carried.targets.filter(chosen=True)
        done = targets.exclude(decision=None).count()
        messages.success(
            request, gettext("Carried to {done}.").format(done=plural(done, "case", "cases"))
        )
        for target in targets.filter(decision=None):
            held = Case.objects.get(pk=target.case)
            messages.error(request, f"{held.label}: {target.trouble}")


def _ids(values: list[str]) -> list[UUID]:
    try:
        return [UUID(value) for value in values]
    except ValueError:
        raise InvalidInput(
            gettext("The form is incomplete. Reload the page and try again.")
        ) from None
