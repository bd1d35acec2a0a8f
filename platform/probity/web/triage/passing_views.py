"""Passing a case on: each view calls one service and goes back to the list, or to the case."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.dateparse import parse_datetime
from django.utils.timezone import is_naive, make_aware
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from probity.accounts.models import Person
from probity.accounts.roles import Ability
from probity.cases.handing import (
    case_calm,
    case_escalate,
    case_requeue,
    case_send,
    case_skip,
    case_snooze,
    case_wake,
)
from probity.cases.models import Case, Queue, Report
from probity.cases.selectors import case_by_label, case_find
from probity.core.clock import now
from probity.core.errors import InvalidInput, NotFound
from probity.web.guard import actor_of, needs
from probity.web.pages import go
from probity.web.words import absolute
from probity.workflow.case_merge import case_merge
from probity.workflow.report_split import report_split

from .forms import id_read
from .versioned import versioned

SPANS = {"1h": 1, "4h": 4, "1d": 24, "3d": 72, "1w": 168}


@require_POST
@needs(Ability.CASES_WORK)
@versioned
def send(request: HttpRequest, case_id: UUID) -> HttpResponseBase:
    """Hand the case to a named person."""
    case = case_find(case_id)
    name = request.POST.get("person", "").strip()
    person = Person.objects.filter(username=name, is_active=True).first()
    if person is None:
        raise InvalidInput.of(
            {"person": gettext("Nobody here is called “{name}”. Choose a name.").format(name=name)}
        )
    row = case_send(case=case, person=person, reason=_reason(request), actor=actor_of(request))
    say = gettext("{label} waits for {username} until {until}.").format(
        label=case.label, username=person.username, until=absolute(row.until)
    )
    return _listed(request, say)


@require_POST
@needs(Ability.CASES_WORK)
@versioned
def requeue(request: HttpRequest, case_id: UUID) -> HttpResponseBase:
    """Put the case into another queue."""
    case = case_find(case_id)
    queue = Queue.objects.filter(key=request.POST.get("queue", "")).first()
    if queue is None:
        raise InvalidInput.of({"queue": gettext("Choose a queue.")})
    case_requeue(case=case, queue=queue, reason=_reason(request), actor=actor_of(request))
    return _listed(
        request,
        gettext("{label} is in the queue “{title}” now.").format(
            label=case.label, title=queue.title
        ),
    )


@require_POST
@needs(Ability.CASES_WORK)
@versioned
def snooze(request: HttpRequest, case_id: UUID) -> HttpResponseBase:
    """Put the case off."""
    case = case_find(case_id)
    until = _until(request)
    case_snooze(
        case=case, until=until, waiting_for=request.POST.get("waiting_for", ""),
        reason=_reason(request), actor=actor_of(request),
    )  # fmt: skip
    return _listed(
        request,
        gettext("{label} comes back on {until}.").format(label=case.label, until=absolute(until)),
    )


@require_POST
@needs(Ability.CASES_WORK)
def wake(request: HttpRequest, case_id: UUID) -> HttpResponseBase:
    """Bring the case back now."""
    case = case_wake(case=case_find(case_id), actor=actor_of(request))
    messages.success(request, gettext("{label} is back in the queue.").format(label=case.label))
    return go(request, reverse("case", args=[case.pk]))


@require_POST
@needs(Ability.CASES_WORK)
def skip(request: HttpRequest, case_id: UUID) -> HttpResponseBase:
    """Leave the case to others."""
    case = case_find(case_id)
    case_skip(case=case, actor=actor_of(request))
    return _listed(
        request,
        gettext("{label} is left to others; you will not be given it today.").format(
            label=case.label
        ),
    )


@require_POST
@needs(Ability.CASES_WORK)
@versioned
def escalate(request: HttpRequest, case_id: UUID) -> HttpResponseBase:
    """Ask a lead to look."""
    case = case_find(case_id)
    case_escalate(case=case, reason=_reason(request), actor=actor_of(request))
    messages.success(request, gettext("A lead was told of {label}.").format(label=case.label))
    return go(request, reverse("case", args=[case.pk]))


@require_POST
@needs(Ability.QUEUES_MANAGE)
@versioned
def calm(request: HttpRequest, case_id: UUID) -> HttpResponseBase:
    """Say, as a lead, that one looked."""
    case = case_find(case_id)
    case_calm(case=case, reason=_reason(request), actor=actor_of(request))
    messages.success(
        request, gettext("{label} is not escalated any more.").format(label=case.label)
    )
    return go(request, reverse("case", args=[case.pk]))


@require_POST
@needs(Ability.CASES_WORK)
@versioned
def merge(request: HttpRequest, case_id: UUID) -> HttpResponseBase:
    """Put the case into another one, named by its number."""
    case = case_find(case_id)
    person = actor_of(request).require_person(Ability.CASES_WORK)
    into = case_by_label(request.POST.get("into", ""), person=person)
    case_merge(case=case, into=into, reason=_reason(request), actor=actor_of(request))
    messages.success(
        request,
        gettext("{label} is part of {label_2} now.").format(label=case.label, label_2=into.label),
    )
    return go(request, reverse("case", args=[into.pk]))


@require_POST
@needs(Ability.CASES_WORK)
@versioned
def split(request: HttpRequest, case_id: UUID) -> HttpResponseBase:
    """Give one report a case of its own."""
    case = case_find(case_id)
    fresh = report_split(
        report=_report(case, id_read(request.POST, "report")), reason=_reason(request),
        also=request.POST.getlist("also"), actor=actor_of(request),
    )  # fmt: skip
    messages.success(
        request, gettext("The report has a case of its own now: {label}.").format(label=fresh.label)
    )
    return go(request, reverse("case", args=[fresh.pk]))


def _report(case: Case, report_id: UUID) -> Report:
    report = case.reports.filter(pk=report_id).first()
    if report is None:
        raise NotFound(
            gettext("This case has no such report. It may have been moved; reload the page.")
        )
    return report


def _until(request: HttpRequest) -> datetime:
    span = request.POST.get("span", "")
    if span in SPANS:
        return now() + timedelta(hours=SPANS[span])
    try:
        at = parse_datetime(request.POST.get("until", ""))
    except ValueError:
        at = None
    if at is None:
        raise InvalidInput.of(
            {"until": gettext("Choose for how long, or name a day and a time (UTC).")}
        )
    return make_aware(at) if is_naive(at) else at


def _reason(request: HttpRequest) -> str:
    return request.POST.get("reason", "")


def _listed(request: HttpRequest, say: str) -> HttpResponseBase:
    messages.success(request, say)
    return go(request, reverse("queue"))
