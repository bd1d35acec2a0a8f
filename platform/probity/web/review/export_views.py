"""Asking for a bundle, watching it, fetching it; addresses for outside counsel."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from probity.accounts.roles import Ability
from probity.bundles.counsel import counsel_view
from probity.bundles.selectors import export_find
from probity.cases.models import Case
from probity.cases.selectors import case_find
from probity.core.errors import InvalidInput, NotFound
from probity.evidence.selectors import bundle_open
from probity.web.guard import actor_of, needs
from probity.web.language.said import said_of
from probity.workflow.case_export import case_export, export_hand_out
from probity.workflow.counsel import counsel_dismiss, counsel_invite

from .dossier_page import dossier_page
from .export_page import export_page


@require_http_methods(["GET", "POST"])
@needs(Ability.BUNDLES_EXPORT)
def exports(request: HttpRequest, case_id: UUID) -> HttpResponseBase:
    """The bundles of a case, and a form for another."""
    case = case_find(case_id)
    if request.method == "GET":
        return _page(request, case)
    draft = {
        name: request.POST.get(name, "") for name in ("profile", "purpose", "recipient", "why")
    }
    try:
        case_export(case=case, actor=actor_of(request), **draft)
    except InvalidInput as wrong:
        return _page(request, case, status=422, draft=draft, errors=said_of(wrong.fields))
    messages.success(
        request, gettext("The bundle is being made. You can leave this page meanwhile.")
    )
    return redirect("exports", case_id=case_id)


@require_GET
@needs(Ability.BUNDLES_EXPORT)
def exports_list(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """The list alone, for looking again."""
    page = export_page(case_find(case_id), full=_full(request))
    return render(request, "web/review/exports_list.html", {"page": page})


@require_GET
@needs(Ability.BUNDLES_EXPORT)
def export_file(request: HttpRequest, case_id: UUID, export_id: UUID) -> FileResponse:
    """A finished bundle, handed out and recorded."""
    case = case_find(case_id)
    export = export_find(case=case, export_id=export_id)
    name = export_hand_out(export=export, actor=actor_of(request))
    return FileResponse(
        bundle_open(name), as_attachment=True, content_type="application/zip",
        filename=f"{case.label}-{export.pk.hex[:8]}.zip",
    )  # fmt: skip


@require_POST
@needs(Ability.BUNDLES_EXPORT)
def counsel(request: HttpRequest, case_id: UUID) -> HttpResponseBase:
    """Make an address for outside counsel; it is shown this once."""
    case = case_find(case_id)
    days = request.POST.get("days", "")
    draft = {"label": request.POST.get("label", ""), "days": days}
    try:
        _, secret = counsel_invite(
            case=case, label=draft["label"], days=int(days) if days.isdecimal() else 0,
            actor=actor_of(request),
        )  # fmt: skip
    except InvalidInput as wrong:
        return _page(request, case, status=422, draft=draft, errors=said_of(wrong.fields))
    address = request.build_absolute_uri(f"/counsel/{secret}")
    return _page(request, case, address=address)


@require_POST
@needs(Ability.BUNDLES_EXPORT)
def counsel_close(request: HttpRequest, case_id: UUID, link_id: UUID) -> HttpResponseBase:
    """Close an address."""
    link = case_find(case_id).counsel_links.filter(pk=link_id).first()
    if link is None:
        raise NotFound(gettext("This case has no such address."))
    counsel_dismiss(link=link, actor=actor_of(request))
    messages.success(
        request, gettext("The address for {label} is closed.").format(label=link.label)
    )
    return redirect("exports", case_id=case_id)


@require_GET
def counsel_room(request: HttpRequest, secret: str) -> HttpResponse:
    """The case's history for outside counsel: nothing to press, each view recorded."""
    link = counsel_view(secret=secret, page="history")
    page = dossier_page(link.case)
    return render(request, "web/review/counsel.html", {"page": page, "link": link})


def _full(request: HttpRequest) -> bool:
    return Ability.BUNDLES_FULL in actor_of(request).abilities


def _page(request: HttpRequest, case: Case, *, status: int = 200, **state: Any) -> HttpResponse:
    page = export_page(case, full=_full(request), **state)
    return render(request, "web/review/exports.html", {"page": page}, status=status)
