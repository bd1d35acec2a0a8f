"""Asking for a run in three steps (choose, look, confirm), and looking after it."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_POST

from probity.accounts.models import Person
from probity.accounts.roles import Ability
from probity.bulk.models import BulkAction, RunState
from probity.bulk.planning import Offered, Plan, plan_make, rules_offered
from probity.bulk.selectors import run_find, runs_seen
from probity.bulk.services import run_answer, run_propose, run_stop, run_undo
from probity.cases.access import queues_visible
from probity.core.errors import Conflict, Refusal
from probity.web.guard import actor_of, needs
from probity.web.language.said import said, said_of
from probity.web.language.tables import MEASURE_NAMES
from probity.web.pages import by_htmx, go

from .forms import NAMES, Chosen, chosen_read, order_read
from .page import STATE_WORDS, limits, order_words, run_page

RUNS_SHOWN = 100


@require_GET
@needs(Ability.BULK_RUN)
def bulk(request: HttpRequest) -> HttpResponse:
    """Every run there was."""
    person = actor_of(request).require_person(Ability.BULK_RUN)
    rows = [
        {
            "run": row,
            "words": order_words(row.action, row.what),
            "state": STATE_WORDS[RunState(row.state)],
        }
        for row in runs_seen(person)[:RUNS_SHOWN]
    ]
    return render(request, "web/bulk/runs.html", {"rows": rows})


@require_POST
@needs(Ability.BULK_RUN)
def new(request: HttpRequest) -> HttpResponse:
    """Choose what should happen to the chosen cases."""
    return _form(request, chosen_read(request.POST), wrong={})


@require_POST
@needs(Ability.BULK_RUN)
def preview(request: HttpRequest) -> HttpResponse:
    """What would happen to which cases; back to the form where something is wrong."""
    chosen = chosen_read(request.POST)
    try:
        plan = _plan(request, chosen)
    except Refusal as refusal:
        return _form(
            request,
            chosen,
            wrong=said_of(getattr(refusal, "fields", {})),
            say=said(refusal.sentence),
        )
    return _look(request, chosen, plan)


@require_POST
@needs(Ability.BULK_RUN)
def propose(request: HttpRequest) -> HttpResponseBase:
    """Ask for the run that was looked at; another look where the cases changed since."""
    chosen = chosen_read(request.POST)
    try:
        made = run_propose(
            order=order_read(request.POST),
            reason=request.POST.get("reason", ""),
            actor=actor_of(request),
            query=chosen.query if not chosen.cases else "",
            cases=chosen.cases,
            seen=request.POST.get("seen", ""),
        )
    except Conflict as refusal:
        return _look(request, chosen, _plan(request, chosen), say=said(refusal.sentence))
    except Refusal as refusal:
        return _form(
            request,
            chosen,
            wrong=said_of(getattr(refusal, "fields", {})),
            say=said(refusal.sentence),
        )
    return go(request, reverse("bulk-run", args=[made.pk]))


@require_GET
@needs(Ability.CASES_READ)
def run(request: HttpRequest, run_id: UUID) -> HttpResponse:
    """One run; only its progress when htmx asks."""
    person = actor_of(request).require_person(Ability.CASES_READ)
    page = run_page(run=run_find(run_id=run_id, person=person), person=person)
    name = "web/bulk/progress.html" if by_htmx(request) else "web/bulk/run.html"
    return render(request, name, {"page": page})


@require_POST
@needs(Ability.DECISIONS_APPROVE)
def answer(request: HttpRequest, run_id: UUID) -> HttpResponseBase:
    """A second person agrees or refuses."""
    actor = actor_of(request)
    found = run_find(run_id=run_id, person=actor.require_person(Ability.DECISIONS_APPROVE))
    agreed = request.POST.get("agreed") == "yes"
    run_answer(run=found, agreed=agreed, reason=request.POST.get("reason", ""), actor=actor)
    messages.success(
        request, gettext("The run begins.") if agreed else gettext("The run is refused.")
    )
    return go(request, reverse("bulk-run", args=[run_id]))


@require_POST
@needs(Ability.BULK_RUN)
def stop(request: HttpRequest, run_id: UUID) -> HttpResponseBase:
    """Stop a run where it is."""
    actor = actor_of(request)
    found = run_find(run_id=run_id, person=actor.require_person(Ability.BULK_RUN))
    run_stop(run=found, actor=actor)
    messages.success(request, gettext("The run is stopped. What was done stays done."))
    return go(request, reverse("bulk-run", args=[run_id]))


@require_POST
@needs(Ability.BULK_RUN)
def undo(request: HttpRequest, run_id: UUID) -> HttpResponseBase:
    """Take a whole run back."""
    actor = actor_of(request)
    found = run_find(run_id=run_id, person=actor.require_person(Ability.BULK_RUN))
    run_undo(run=found, reason=request.POST.get("reason", ""), actor=actor)
    messages.success(request, gettext("The run is being undone."))
    return go(request, reverse("bulk-run", args=[run_id]))


def _plan(request: HttpRequest, chosen: Chosen) -> Plan:
    person = actor_of(request).require_person(Ability.BULK_RUN)
    query = chosen.query if not chosen.cases else ""
    return plan_make(order=order_read(request.POST), person=person, query=query, cases=chosen.cases)


def _look(request: HttpRequest, chosen: Chosen, plan: Plan, *, say: str = "") -> HttpResponse:
    order = order_read(request.POST)
    context = {
        "chosen": chosen,
        "plan": plan,
        "words": order_words(order.action, dict(order.what)),
        "carried": _carried(request),
        "reason": request.POST.get("reason", ""),
        "say": say,
        "limits": limits(),
    }
    return render(request, "web/bulk/preview.html", context, status=409 if say else 200)


def _form(
    request: HttpRequest, chosen: Chosen, *, wrong: dict[str, str], say: str = ""
) -> HttpResponse:
    person = actor_of(request).require_person(Ability.BULK_RUN)
    context = {
        "chosen": chosen,
        "wrong": wrong,
        "say": say,
        "actions": list(BulkAction),
        "measures": [(action, words) for action, words in MEASURE_NAMES.items()],
        "queues": queues_visible(person),
        "given": {name: request.POST.get(name, "") for name in NAMES},
        "measured": request.POST.getlist("measure"),
        "rules": _offered(chosen, person),
        "resting": request.POST.getlist("rule"),
        "limits": limits(),
    }
    return render(request, "web/bulk/new.html", context, status=422 if say else 200)


def _carried(request: HttpRequest) -> list[tuple[str, str]]:
    """The fields that go on from the form to the confirmation."""
    single = [(name, request.POST.get(name, "")) for name in NAMES if name != "reason"]
    several = [("measure", value) for value in request.POST.getlist("measure")]
    resting = [("rule", value) for value in request.POST.getlist("rule")]
    return [*single, *several, *resting]


def _offered(chosen: Chosen, person: Person) -> list[Offered]:
    """The rules to choose from; none where the search itself is refused, which is said anyway."""
    query = chosen.query if not chosen.cases else ""
    try:
        return rules_offered(person=person, query=query, cases=chosen.cases)
    except Refusal:
        return []
