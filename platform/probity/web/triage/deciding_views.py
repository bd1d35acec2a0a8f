"""Deciding: the form, what it would bring about, undoing, the second pair of eyes."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from probity.accounts.roles import Ability
from probity.cases.models import Case
from probity.cases.selectors import case_find
from probity.cases.versions import version_check
from probity.core.errors import InvalidInput
from probity.decisions.law import fact_words
from probity.decisions.models import Decision, DecisionState
from probity.decisions.second_person import second_person_rule, subjects, table_lines
from probity.decisions.selectors import decision_find
from probity.web.guard import actor_of, needs
from probity.web.language import law
from probity.web.language.said import said, said_of
from probity.web.pages import by_htmx, go, go_case, parts
from probity.workflow.case_decide import case_decide
from probity.workflow.decision_effect import (
    decision_agree,
    decision_refuse,
    decision_take_back,
)

from .actions import take_next
from .approvals_page import approvals_page
from .decide_panel import Draft, preview_of
from .forms import decision_read
from .views import page_of


@require_POST
@needs(Ability.CASES_WORK)
def decide(request: HttpRequest, case_id: UUID) -> HttpResponseBase:
    """Decide; the form keeps what stands in it when something is missing."""
    case, actor = case_find(case_id), actor_of(request)
    try:
        form = decision_read(request.POST)
        version_check(case=case, seen=form.version, actor=actor)
        decision = case_decide(
            case=case, measures=form.measures, reason=form.reason, rules=form.rules,
            actor=actor, seen=form.seen,
        )  # fmt: skip
    except InvalidInput as error:
        return _redraw(request, case, error)
    messages.success(request, _said(case, decision))
    return take_next(request) if form.and_next else _to(request, case)


@require_POST
@needs(Ability.CASES_WORK)
def decide_preview(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """What the form would bring about as it stands."""
    case = case_find(case_id)
    try:
        preview = preview_of(case, decision_read(request.POST))
    except InvalidInput as error:
        return render(
            request,
            "web/triage/parts/decide_preview.html",
            {"wrong": list(said_of(error.fields).values()) or [said(error.sentence)]},
        )
    return render(request, "web/triage/parts/decide_preview.html", {"preview": preview})


@require_POST
@needs(Ability.CASES_READ)
def undo(request: HttpRequest, decision_id: UUID) -> HttpResponseBase:
    """Take a decision back before anything followed from it."""
    decision = decision_take_back(decision=decision_find(decision_id), actor=actor_of(request))
    messages.success(
        request,
        gettext("The decision of {label} is undone. Nothing was sent.").format(
            label=decision.case.label
        ),
    )
    return _to(request, decision.case)


@require_POST
@needs(Ability.DECISIONS_APPROVE)
def agree(request: HttpRequest, decision_id: UUID) -> HttpResponseBase:
    """Be the second person who agrees."""
    decision = decision_agree(decision=decision_find(decision_id), actor=actor_of(request))
    messages.success(
        request, gettext("You agreed to the decision of {label}.").format(label=decision.case.label)
    )
    return _to(request, decision.case)


@require_POST
@needs(Ability.DECISIONS_APPROVE)
def refuse(request: HttpRequest, decision_id: UUID) -> HttpResponseBase:
    """Be the second person who says no."""
    decision = decision_find(decision_id)
    try:
        decision_refuse(
            decision=decision, reason=request.POST.get("reason", ""), actor=actor_of(request)
        )
    except InvalidInput as error:
        messages.error(request, said(error.sentence))
        return _to(request, decision.case)
    messages.success(
        request, gettext("You refused the decision of {label}.").format(label=decision.case.label)
    )
    return _to(request, decision.case)


@require_GET
@needs(Ability.DECISIONS_APPROVE)
def approvals(request: HttpRequest) -> HttpResponse:
    """What waits for a second person."""
    person = actor_of(request).require_person(Ability.DECISIONS_APPROVE)
    page = approvals_page(person)
    return render(request, "web/triage/approvals.html", {"page": page})


@require_http_methods(["GET", "POST"])
@needs(Ability.SECOND_PERSON_SET)
def second_person(request: HttpRequest) -> HttpResponseBase:
    """The operator's table of what needs a second person."""
    errors: dict[str, str] = {}
    if request.method == "POST":
        try:
            second_person_rule(
                subject=request.POST.get("subject", ""),
                needed=request.POST.get("needed") == "yes",
                because=request.POST.get("because", ""),
                actor=actor_of(request),
            )
        except InvalidInput as error:
            errors = said_of(error.fields)
        else:
            messages.success(
                request, gettext("The table was changed. It holds for decisions from now on.")
            )
            return go(request, reverse("second-person"))
    lines = [replace(line, words=_subject(line.subject, line.words)) for line in table_lines()]
    named = {key: _subject(key, words) for key, words in subjects().items()}
    context = {"lines": [line for line in lines if line.needed], "subjects": named,
               "errors": errors, "given": request.POST}  # fmt: skip
    return render(request, "web/triage/second_person.html", context, status=422 if errors else 200)


def _subject(key: str, words: str) -> str:
    """What the table names, in the reader's language."""
    if not key.startswith("fact:"):
        return said(words)
    question = fact_words()[key.removeprefix("fact:")].question
    return gettext("Fact: {question}").format(question=law.told(question))


def _said(case: Case, decision: Decision) -> str:
    if decision.needs_second_person:
        return gettext(
            "{label} waits for a second person. Nothing happens until somebody agreed."
        ).format(label=case.label)
    if decision.state == DecisionState.WAITING:
        return gettext("{label} is decided. You can undo it before it takes effect.").format(
            label=case.label
        )
    return gettext("{label} is decided and its statement of reasons is written.").format(
        label=case.label
    )


def _to(request: HttpRequest, case: Case) -> HttpResponseBase:
    return go_case(request, reverse("case", args=[case.pk]), anew=True)


def _redraw(request: HttpRequest, case: Case, error: InvalidInput) -> HttpResponseBase:
    data = request.POST
    errors = said_of(error.fields)
    if "action" in errors and not data.getlist("action"):
        errors["action"] = gettext("Choose an action.")
    draft = Draft(
        actions=data.getlist("action"),
        fields={name: str(value) for name, value in data.items()},
        reason=data.get("reason", "").replace("\r\n", "\n").replace("\x00", ""),
        rules=data.getlist("rules"),
        errors=errors,
    )
    page = page_of(request, case.pk, draft=draft)
    if by_htmx(request):
        return parts(request, "decide", status=error.status, say=said(error.sentence), page=page)
    return render(request, "web/triage/case.html", {"page": page}, status=error.status)
