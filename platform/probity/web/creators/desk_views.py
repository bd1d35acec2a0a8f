"""Signing, following and fetching works; finding a stripped copy again; taking everything out."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from probity.accounts.roles import Ability
from probity.core.errors import InvalidInput, NotFound, Refusal, TooManyRequests
from probity.core.throttle import throttle
from probity.credentials.export import works_export
from probity.credentials.finding import matches_now
from probity.credentials.works import (
    Declared,
    signed_open,
    work_find,
    work_withdraw,
    works_ask,
)
from probity.evidence.uploads import received_file, received_files
from probity.web.credentials.view import ProvenanceView
from probity.web.guard import actor_of, needs
from probity.web.language.said import said, said_of
from probity.web.pages import go
from probity.web.words import plural
from probity.workflow.wake import wake_desk

from .desk_page import Row, desk_page

KEPT = ("identity", "ai", "source", "author")
TICKED = ("do_not_train", "mark")


@never_cache
@require_http_methods(["GET", "POST"])
@needs(Ability.WORKS_SIGN)
def desk(request: HttpRequest) -> HttpResponseBase:
    """The form for signing, and the works so far."""
    if request.method == "GET":
        return _desk(request)
    try:
        made = works_ask(
            actor=actor_of(request),
            identity_id=_identity(request),
            files=received_files(request, "files"),
            parent=received_file(request, "parent"),
            declared=_declared(request),
        )
    except InvalidInput as wrong:
        return _desk(request, errors=said_of(wrong.fields) or {"files": said(wrong.sentence)})
    wake_desk()
    files = plural(len(made), "file", "files")
    messages.success(request, gettext("{files} will be signed.").format(files=files))
    return go(request, "/desk")


@never_cache
@require_GET
@needs(Ability.WORKS_SIGN)
def works_list(request: HttpRequest) -> HttpResponse:
    """The list alone, for looking again."""
    page = desk_page(actor_of(request).require_person(Ability.WORKS_SIGN))
    return render(request, "web/creators/works_list.html", {"page": page})


@never_cache
@require_GET
@needs(Ability.WORKS_SIGN)
def work(request: HttpRequest, work_id: UUID) -> HttpResponse:
    """One signed work, as any reader's verifier saw it when it was signed."""
    row = work_find(actor=actor_of(request), work_id=work_id)
    shown = ProvenanceView(credentials=row.record) if row.record else None
    page = {"row": Row(row), "work": row, "shown": shown, "bindings": list(row.bindings.all())}
    return render(request, "web/creators/work.html", {"page": page})


@require_GET
@needs(Ability.WORKS_SIGN)
def work_file(request: HttpRequest, work_id: UUID) -> FileResponse:
    """The signed file."""
    row = work_find(actor=actor_of(request), work_id=work_id)
    return FileResponse(
        signed_open(row), as_attachment=True, filename=row.name,
        content_type="application/octet-stream",
    )  # fmt: skip


@require_GET
@needs(Ability.WORKS_SIGN)
def work_manifest(request: HttpRequest, work_id: UUID) -> HttpResponse:
    """Its credentials alone, as a .c2pa file."""
    row = work_find(actor=actor_of(request), work_id=work_id)
    if not row.manifest:
        raise NotFound(gettext("This work has no credentials: it was not signed."))
    response = HttpResponse(bytes(row.manifest), content_type="application/c2pa")
    response["Content-Disposition"] = f'attachment; filename="{row.pk}.c2pa"'
    return response


@require_POST
@needs(Ability.WORKS_SIGN)
def work_withdrawal(request: HttpRequest, work_id: UUID) -> HttpResponseBase:
    """Remove a signed file."""
    actor = actor_of(request)
    work_withdraw(actor=actor, work=work_find(actor=actor, work_id=work_id))
    messages.success(
        request, gettext("The file is removed, and copies of it are no longer found here.")
    )
    return redirect("desk-work", work_id=work_id)


@never_cache
@require_http_methods(["GET", "POST"])
@needs(Ability.WORKS_SIGN)
def recover(request: HttpRequest) -> HttpResponse:
    """Which work a stripped copy may come from."""
    page: dict[str, object] = {"limit_bytes": settings.UPLOAD_MAX_BYTES}
    if request.method == "GET":
        return render(request, "web/creators/recover.html", page)
    throttle(scope="check", who=actor_of(request).name, rate=settings.CHECK_RATE)
    upload, status = received_file(request), 200
    try:
        if upload is None or not upload.length:
            raise InvalidInput(gettext("Choose a file; this one is missing or empty."))
        page |= {"name": upload.name, "matches": matches_now(upload.path), "asked": True}
    except TooManyRequests:
        raise
    except Refusal as refusal:
        page["error"], status = said(refusal.sentence), refusal.status
    return render(request, "web/creators/recover.html", page, status=status)


@require_POST
@needs(Ability.WORKS_SIGN)
def export(request: HttpRequest) -> FileResponse:
    """Everything but keys and media, as one ZIP."""
    archive = works_export(actor=actor_of(request))
    return FileResponse(
        archive, as_attachment=True, filename="signed-works.zip", content_type="application/zip"
    )


def _desk(request: HttpRequest, *, errors: dict[str, str] | None = None) -> HttpResponse:
    page = desk_page(
        actor_of(request).require_person(Ability.WORKS_SIGN),
        kept={name: request.POST.get(name, "") for name in KEPT},
        ticked=frozenset(
            [name for name in TICKED if request.POST.get(name)] + request.POST.getlist("actions")
        ),
        errors=errors,
    )
    status = 422 if errors else 200
    return render(request, "web/creators/desk.html", {"page": page}, status=status)


def _declared(request: HttpRequest) -> Declared:
    return Declared(
        actions=tuple(request.POST.getlist("actions")),
        ai=request.POST.get("ai", ""),
        source=request.POST.get("source", ""),
        do_not_train=bool(request.POST.get("do_not_train")),
        author=request.POST.get("author", "").strip(),
        mark=bool(request.POST.get("mark")),
    )


def _identity(request: HttpRequest) -> UUID:
    try:
        return UUID(request.POST.get("identity", ""))
    except ValueError:
        raise InvalidInput.of({"identity": gettext("Choose who signs.")}) from None
