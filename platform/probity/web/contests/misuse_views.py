"""Misuse: what counts for whom, warnings, and suspensions that two people want."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_POST

from probity.accounts.roles import Ability
from probity.cases.access import case_require
from probity.cases.models import Case
from probity.cases.selectors import case_find
from probity.contests.misuse import (
    counted,
    manifest_find,
    suspension_answer,
    suspension_end,
    suspension_propose,
)
from probity.contests.misuse_models import FACTORS, Suspension
from probity.contests.misuse_selectors import (
    party_of,
    standing_of,
    standings,
    suspension_find,
    suspensions,
)
from probity.contests.party import PartyOf
from probity.contests.words import Misuse
from probity.core.errors import InvalidInput
from probity.web.guard import actor_of, needs
from probity.web.language.later import later
from probity.web.language.said import said_of
from probity.web.language.tables import MISUSE_WORDS
from probity.workflow.misuse_warn import misuse_warn

FACTOR_WORDS = {
    "numbers": later("How many there were, in absolute numbers, within the window"),
    "share": later("How many that is of everything they uploaded or sent"),
    "gravity": later("How grave it was, what it was about and what it led to"),
    "intention": later("What they meant by it, as far as it can be known"),
}


@require_GET
@needs(Ability.ABUSE_DECIDE)
def misuse(request: HttpRequest) -> HttpResponse:
    """Everybody for whom something counts, and the suspensions."""
    rows = [(row, standing_of(party_of(row)).name) for row in suspensions()[:50]]
    return render(
        request, "web/contests/misuse.html", {"standings": standings(), "suspensions": rows}
    )


@require_POST
@needs(Ability.CASES_WORK)
def find(request: HttpRequest) -> HttpResponseBase:
    """Write down that something in a case is manifest."""
    actor = actor_of(request)
    case = _case(request)
    kind, _, subject = request.POST.get("what", "").partition(":")
    if kind not in set(Misuse):
        raise InvalidInput(gettext("Choose what is manifest."))
    about = {
        Misuse.ILLEGAL_CONTENT: ("decision", case.decisions),
        Misuse.UNFOUNDED_NOTICE: ("report", case.reports),
        Misuse.UNFOUNDED_APPEAL: ("appeal", case.appeals),
    }
    name, rows = about[Misuse(kind)]
    found = rows.filter(pk=_uuid(subject)).first()  # type: ignore[attr-defined]
    manifest_find(
        kind=Misuse(kind), reason=request.POST.get("reason", ""), actor=actor, **{name: found}
    )
    messages.success(request, gettext("It is written down."))
    return redirect("case", case.pk)


@require_GET
@needs(Ability.ABUSE_DECIDE)
def party(request: HttpRequest, kind: str, party_id: UUID) -> HttpResponse:
    """One party: what counts, the warning, a suspension."""
    return _party(request, PartyOf.find(kind, party_id))


@require_POST
@needs(Ability.ABUSE_DECIDE)
def warn(request: HttpRequest, kind: str, party_id: UUID) -> HttpResponseBase:
    """Warn it."""
    found = PartyOf.find(kind, party_id)
    try:
        misuse_warn(party=found, reason=request.POST.get("text", ""), actor=actor_of(request))
    except InvalidInput as wrong:
        return _party(request, found, wrong)
    messages.success(request, gettext("The warning is kept and told."))
    return redirect("misuse-party", kind, party_id)


@require_POST
@needs(Ability.ABUSE_DECIDE)
def propose(request: HttpRequest, kind: str, party_id: UUID) -> HttpResponseBase:
    """Propose a suspension."""
    found = PartyOf.find(kind, party_id)
    days = request.POST.get("days", "").strip()
    try:
        suspension_propose(
            party=found, reason=request.POST.get("reason", ""), actor=actor_of(request),
            factors={name: request.POST.get(name, "") for name in FACTORS},
            days=int(days) if days.isascii() and days.isdecimal() else 0,
        )  # fmt: skip
    except InvalidInput as wrong:
        return _party(request, found, wrong)
    messages.success(request, gettext("It is proposed. A second person has to agree."))
    return redirect("misuse-party", kind, party_id)


@require_POST
@needs(Ability.ABUSE_DECIDE)
def answer(request: HttpRequest, suspension_id: UUID) -> HttpResponseBase:
    """The second person's word."""
    row = suspension_answer(
        suspension=suspension_find(suspension_id), agree="agree" in request.POST,
        actor=actor_of(request),
    )  # fmt: skip
    return _to(row)


@require_POST
@needs(Ability.ABUSE_DECIDE)
def end(request: HttpRequest, suspension_id: UUID) -> HttpResponseBase:
    """End it early."""
    row = suspension_end(
        suspension=suspension_find(suspension_id), why=request.POST.get("why", ""),
        actor=actor_of(request),
    )  # fmt: skip
    return _to(row)


def _to(row: Suspension) -> HttpResponseBase:
    found = party_of(row)
    return redirect("misuse-party", found.kind, found.id)


def _case(request: HttpRequest) -> Case:
    case_id = _uuid(request.POST.get("case", ""))
    case_require(actor_of(request).person, case_id)
    return case_find(case_id)


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise InvalidInput(gettext("The form was incomplete. Reload the page and send it again."))


def _party(request: HttpRequest, found: PartyOf, wrong: InvalidInput | None = None) -> HttpResponse:
    standing = standing_of(found)
    context = {
        "standing": standing, "party": found, "errors": said_of(wrong.fields) if wrong else {},
        "rows": [
            (row, MISUSE_WORDS[Misuse(row.kind)]) for row in counted(found).select_related("case")
        ],
        "factors": [(name, FACTOR_WORDS[name], request.POST.get(name, "")) for name in FACTORS],
        "given": [
            (FACTOR_WORDS[name], standing.suspension.factors.get(name, "")) for name in FACTORS
        ] if standing.suspension else [],
        "kept": request.POST, "me": actor_of(request).person,
    }  # fmt: skip
    status = wrong.status if wrong else 200
    return render(request, "web/contests/misuse_party.html", context, status=status)
