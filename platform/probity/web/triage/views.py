"""Looking: the queue, a case, and how far its analysis is."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext
from django.views.decorators.http import require_GET

from probity.accounts.roles import Ability
from probity.cases.claims import case_claim
from probity.cases.models import Case, CaseState
from probity.cases.selectors import case_find
from probity.web.guard import actor_of, needs
from probity.web.pages import for_main, parts

from .case_page import CasePage
from .decide_panel import Draft
from .queue_page import queue_page
from .revealed import revealed_in


@require_GET
@needs(Ability.CASES_READ)
def queue(request: HttpRequest) -> HttpResponse:
    """The list of cases."""
    person = actor_of(request).require_person(Ability.CASES_READ)
    asked = request.GET
    page = queue_page(person=person, key=asked.get("show", ""), queue=asked.get("queue", ""))
    return render(request, "web/triage/queue.html", {"page": page})


@require_GET
@needs(Ability.CASES_READ)
def case(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """One case. Whoever it was sent to takes it by opening it."""
    page = page_of(request, case_id)
    if _accept(request, page.case):
        page = page_of(request, case_id)
    context: dict[str, object] = {"page": page}
    if for_main(request):
        context["layout"] = "web/console/swap.html"
    return render(request, "web/triage/case.html", context)


@require_GET
@needs(Ability.CASES_READ)
def progress(request: HttpRequest, case_id: UUID) -> HttpResponseBase:
    """Only what changed since the page was last told; 204 when nothing did."""
    page = page_of(request, case_id)
    asked = request.GET
    changed = [
        name
        for name, known, mark in (
            ("findings", asked.get("findings"), page.findings_mark),
            ("media", asked.get("media"), page.media_mark),
            ("law", asked.get("law"), page.law_mark),
        )
        if known != mark
    ]
    if not changed and page.progress.doing:
        return render(request, "web/triage/parts/doing.html", {"page": page, "oob": True})
    if not changed:
        return HttpResponse(status=204)
    if {"findings", "media"} & set(changed):
        changed.append("timeline")
    if "findings" in changed:
        changed.append("copies")
    if "law" in changed:
        changed += ["urgency", "decide_rules"]
    say = page.progress.sentence if "findings" in changed else ""
    return parts(request, *dict.fromkeys(["findings", *changed]), say=say, page=page)


def _accept(request: HttpRequest, sent: Case) -> bool:
    actor = actor_of(request)
    waits = sent.state == CaseState.OPEN and sent.kept_for_id is not None
    mine = waits and actor.person is not None and sent.kept_for_id == actor.person.pk
    if not mine or Ability.CASES_WORK not in actor.abilities:
        return False
    held = case_claim(case=sent, actor=actor)
    messages.info(
        request,
        gettext(
            "{label} was sent to you; you hold it now, until {until:%H:%M} UTC. If "
            "you cannot work on it, return it or skip it."
        ).format(label=sent.label, until=held.until),
    )
    return True


def page_of(request: HttpRequest, case_id: UUID, *, draft: Draft | None = None) -> CasePage:
    """The case as the signed-in person sees it; raises NotFound."""
    person = actor_of(request).require_person(Ability.CASES_READ)
    found = case_find(case_id)
    return CasePage(found, person=person, revealed=revealed_in(request, found), draft=draft)
