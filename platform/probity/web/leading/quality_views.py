"""Each view reads a form, calls one service, and shows the page again."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from probity.accounts.models import Person
from probity.accounts.roles import Ability
from probity.cases.models import Case
from probity.cases.selectors import case_by_label
from probity.core.errors import InvalidInput
from probity.decisions.selectors import answers_of
from probity.insight.figures import span_read
from probity.quality.goldens import golden_enter, golden_mark, golden_retire
from probity.quality.rulings import difference_rule
from probity.quality.sampling import rate_set
from probity.quality.selectors import golden_find, trial_find
from probity.quality.trials import trial_withdraw
from probity.web.guard import actor_of, needs
from probity.web.language.said import said_of

from .quality_mine import mine_page
from .quality_page import GoldenNew, golden_new, quality_page

PAGE = "web/leading/quality.html"


@require_GET
@needs(Ability.QUALITY_MANAGE)
def quality(request: HttpRequest) -> HttpResponse:
    """What differs, what is sampled, golden cases, people, figures."""
    span = span_read(request.GET.get("from", ""), request.GET.get("to", ""))
    return render(request, PAGE, {"page": quality_page(person=_person(request), span=span)})


@require_POST
@needs(Ability.QUALITY_MANAGE)
def rate(request: HttpRequest) -> HttpResponseBase:
    """How many decisions lead to a copy."""
    given = {name: request.POST.get(name, "") for name in ("kind", "queue", "category", "because")}
    try:
        rate_set(**given, per_mille=_per_mille(request), actor=actor_of(request))
    except InvalidInput as wrong:
        draft = {**given, "percent": request.POST.get("percent", "")}
        return _again(request, "rate", wrong, draft)
    messages.success(request, gettext("It holds for decisions from now on."))
    return redirect("leading-quality")


@require_http_methods(["GET", "POST"])
@needs(Ability.QUALITY_MANAGE)
def golden(request: HttpRequest) -> HttpResponseBase:
    """Mark a decided case as golden: first which, then what is right."""
    given = request.POST if request.method == "POST" else request.GET
    label, template = given.get("case", ""), "web/leading/quality_golden.html"
    if not label:
        return render(request, template, {"page": GoldenNew(label="")})
    case = case_by_label(label, person=_person(request))
    if request.method == "GET":
        return render(request, template, {"page": golden_new(case)})
    said = {name: given.getlist(name) for name in ("actions", "facts")}
    try:
        row = golden_mark(
            case=case, actions=said["actions"], facts=_facts(case, said["facts"]),
            why=given.get("why", ""), actor=actor_of(request),
        )  # fmt: skip
    except InvalidInput as wrong:
        page = golden_new(case, why=given.get("why", ""), errors=said_of(wrong.fields), **said)
        return render(request, template, {"page": page}, status=wrong.status)
    messages.success(request, gettext("%(case)s is golden now.") % {"case": row.source.label})
    return redirect("leading-quality")


@require_POST
@needs(Ability.QUALITY_MANAGE)
def golden_step(request: HttpRequest, golden_id: UUID) -> HttpResponseBase:
    """Put a copy into the queue now, or use the golden case no more."""
    row = golden_find(golden_id, person=_person(request))
    if "retire" in request.POST:
        golden_retire(golden=row, actor=actor_of(request))
        messages.success(request, gettext("It is used no more."))
    else:
        golden_enter(golden=row, actor=actor_of(request))
        messages.success(request, gettext("A copy waits in the queue like any other case."))
    return redirect("leading-quality")


@require_POST
@needs(Ability.QUALITY_MANAGE)
def trial_step(request: HttpRequest, trial_id: UUID) -> HttpResponseBase:
    """Rule on two decisions that differ, or take a copy back that waits."""
    trial = trial_find(trial_id, person=_person(request))
    if "withdraw" in request.POST:
        trial_withdraw(trial=trial, why="a lead took it back", actor=actor_of(request).name)
        messages.success(request, gettext("The copy is out of the queue."))
        return redirect("leading-quality")
    given = {name: request.POST.get(name, "") for name in ("right", "note")}
    try:
        difference_rule(trial=trial, actor=actor_of(request), **given)
    except InvalidInput as wrong:
        return _again(request, str(trial.pk), wrong, given)
    messages.success(request, gettext("Both people find it on their own page."))
    return redirect("leading-quality")


@require_GET
@needs(Ability.CASES_WORK)
def mine(request: HttpRequest) -> HttpResponse:
    """What one's own copies say."""
    return render(request, "web/leading/quality_mine.html", {"page": mine_page(_person(request))})


def _again(
    request: HttpRequest, form: str, wrong: InvalidInput, draft: dict[str, str]
) -> HttpResponseBase:
    page = quality_page(
        person=_person(request),
        span=span_read("", ""),
        form=form,
        errors=said_of(wrong.fields),
        draft=draft,
    )
    return render(request, PAGE, {"page": page}, status=wrong.status)


def _per_mille(request: HttpRequest) -> int:
    """A share in per cent, with one decimal at most; -1 for what is none."""
    whole, _, tenth = request.POST.get("percent", "").strip().replace(",", ".").partition(".")
    tenth = tenth or "0"
    if not (whole.isdecimal() and tenth.isdecimal() and len(whole) < 4 and len(tenth) == 1):
        return -1
    return int(whole) * 10 + int(tenth)


def _facts(case: Case, names: list[str]) -> dict[str, Any]:
    said = {name: row.value for name, row in answers_of(case).items()}
    return {name: said.get(name) for name in names}


def _person(request: HttpRequest) -> Person:
    return actor_of(request).require_self()
