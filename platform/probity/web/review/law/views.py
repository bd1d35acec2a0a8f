"""The law's own pages: browse, read, try, compare, approve."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_POST

from probity.accounts.models import Person
from probity.accounts.roles import Ability
from probity.cases.access import case_require
from probity.cases.models import Case
from probity.cases.selectors import case_find
from probity.core.errors import NotFound, Refusal
from probity.decisions.packs import pack_version
from probity.web.guard import actor_of, needs
from probity.web.language.said import said
from probity.workflow.pack_approve import pack_approval_set

from .changes_page import changes_page
from .pack_page import pack_page
from .shelf_page import shelf_page
from .stale_page import stale_page
from .what_if_page import what_if_page


@require_GET
@needs(Ability.CASES_READ)
def shelf(request: HttpRequest) -> HttpResponse:
    """Every installed pack."""
    return render(request, "web/review/law/shelf.html", {"page": shelf_page()})


@require_GET
@needs(Ability.CASES_READ)
def pack(request: HttpRequest, pack: str) -> HttpResponse:
    """One pack as readable law."""
    return render(request, "web/review/law/pack.html", {"page": pack_page(pack)})


@require_GET
@needs(Ability.CASES_READ)
def what_if(request: HttpRequest) -> HttpResponse:
    """What the law would say to other facts or another day."""
    case = _case(request.GET.get("case", ""), actor_of(request).person)
    page = what_if_page(request.GET.dict(), case=case)
    status = 400 if page.errors else 200
    return render(request, "web/review/law/what_if.html", {"page": page}, status=status)


@require_GET
@needs(Ability.CASES_READ)
def changes(request: HttpRequest, pack: str) -> HttpResponse:
    """What changed between two versions of a pack, and for which cases."""
    page = changes_page(
        pack, old=request.GET.get("old", ""), new=request.GET.get("new", ""),
        person=actor_of(request).require_self(),
    )  # fmt: skip
    return render(request, "web/review/law/changes.html", {"page": page})


@require_GET
@needs(Ability.CASES_READ)
def stale(request: HttpRequest) -> HttpResponse:
    """Sources that are due for another look, and statutes about to start or to end."""
    return render(request, "web/review/law/stale.html", {"page": stale_page()})


@require_POST
@needs(Ability.LAW_APPROVE)
def approval(request: HttpRequest, pack: str) -> HttpResponseBase:
    """Approve the version that was read, or take the approval back."""
    given = request.POST.get("given") == "true"
    try:
        row = pack_approval_set(
            version=pack_version(request.POST.get("digest", "")),
            given=given,
            note=request.POST.get("note", ""),
            actor=actor_of(request),
        )
    except Refusal as refusal:
        messages.error(request, said(refusal.sentence))
    else:
        form = (
            gettext("Version {version} of {title} is approved in your name.")
            if given
            else gettext("Version {version} of {title} is no longer approved.")
        )
        done = form.format(version=row.version.version, title=row.version.title)
        messages.success(request, done)
    return redirect("law-pack", pack=pack)


def _case(text: str, person: Person | None) -> Case | None:
    if not text:
        return None
    try:
        case_require(person, UUID(text))
        return case_find(UUID(text))
    except ValueError:
        raise NotFound(gettext("There is no case with this id.")) from None
