"""The quiet rooms: a case's history and its statement of reasons, both made to be printed."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from probity.accounts.roles import Ability
from probity.cases.selectors import case_find
from probity.decisions.selectors import statement_current
from probity.web.guard import needs

from .dossier_page import dossier_page
from .statement_page import statement_page


@require_GET
@needs(Ability.AUDIT_READ)
def dossier(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """The replay of a case's audit chain."""
    page = dossier_page(case_find(case_id), show=request.GET.get("show", ""))
    return render(request, "web/review/dossier.html", {"page": page})


@require_GET
@needs(Ability.CASES_READ)
def statement(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """The statement of reasons in force."""
    case = case_find(case_id)
    page = statement_page(case, statement_current(case))
    return render(request, "web/review/statement.html", {"page": page})
