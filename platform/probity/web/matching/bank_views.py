"""Banks on the screen: all of them, one, what was parked."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from probity.accounts.actors import Actor
from probity.accounts.roles import Ability
from probity.core.errors import InvalidInput, Refusal
from probity.evidence.uploads import ReceivedFile, received_file
from probity.matching.banks import (
    bank_change,
    bank_open,
    content_add,
    entry_add,
    entry_clear,
    entry_remove,
)
from probity.matching.exchange import bank_export, bank_import, form_of
from probity.matching.models import Bank
from probity.matching.selectors import bank_find, entries_parked, entry_find
from probity.matching.signals import asked_of_upload
from probity.web.guard import actor_of, needs
from probity.web.words import plural
from probity.workflow.wake import wake_entries

from .bank_page import bank_page, banks_page

TYPES = {"csv": "text/csv", "json": "application/json", "txt": "text/plain"}


@require_http_methods(["GET", "POST"])
@needs(Ability.BANKS_MANAGE)
def banks(request: HttpRequest) -> HttpResponseBase:
    """All banks, and opening another."""
    if request.method == "GET":
        return render(request, "web/matching/banks.html", {"page": banks_page()})
    said = request.POST
    try:
        bank = bank_open(
            name=said.get("name", "").strip(), label=said.get("label", ""),
            kind=said.get("kind", ""), source=said.get("source", ""),
            licence=said.get("licence", ""), share=_share(said.get("share", "")),
            expires_at=_day(said.get("expires", "")), actor=actor_of(request),
        )  # fmt: skip
    except Refusal as refusal:
        page = banks_page(draft=said.dict(), error=refusal)
        return render(request, "web/matching/banks.html", {"page": page}, status=refusal.status)
    messages.success(request, gettext("{label} is open.").format(label=bank.label))
    return redirect("bank", name=bank.name)


@require_http_methods(["GET", "POST"])
@needs(Ability.BANKS_MANAGE)
def bank(request: HttpRequest, name: str) -> HttpResponseBase:
    """One bank: what it knows, and adding to it by hash, by file, or from an exchange's file."""
    found = bank_find(name)
    if request.method == "GET":
        return render(request, "web/matching/bank.html", {"page": bank_page(found)})
    try:
        _added(request, found, actor_of(request))
    except Refusal as refusal:
        page = bank_page(found, draft=request.POST.dict(), error=refusal)
        return render(request, "web/matching/bank.html", {"page": page}, status=refusal.status)
    wake_entries()
    return redirect("bank", name=found.name)


def _added(request: HttpRequest, found: Bank, actor: Actor) -> None:
    said, upload = request.POST, received_file(request)
    why = said.get("why", "")
    match said.get("how", ""):
        case "hash":
            entry_add(
                bank=found, kind=said.get("kind", ""), value=said.get("value", ""), why=why,
                label=said.get("label", ""), actor=actor,
            )  # fmt: skip
            messages.success(request, gettext("Added. It is held against everything that is here."))
        case "file":
            content_add(
                bank=found, asked=asked_of_upload(_required(upload)), why=why,
                label=said.get("label", ""), actor=actor,
            )  # fmt: skip
            messages.success(
                request, gettext("Added what the file is like; the file was not kept.")
            )
        case "list":
            file = _required(upload)
            made = bank_import(
                bank=found, data=file.path.read_bytes(), form=form_of(file.name or ""), why=why,
                actor=actor,
            )  # fmt: skip
            messages.success(request, f"{plural(len(made), 'entry', 'entries')} added.")
        case _:
            raise InvalidInput(gettext("The form is incomplete. Reload the page and try again."))


@require_POST
@needs(Ability.BANKS_MANAGE)
def bank_settings(request: HttpRequest, name: str) -> HttpResponseBase:
    """Its share and expiry, or its end."""
    found, said = bank_find(name), request.POST
    closed = "close" in said
    bank_change(
        bank=found, share=_share(said.get("share", "")), closed=closed,
        expires_at=_day(said.get("expires", "")), actor=actor_of(request),
    )  # fmt: skip
    words = (
        gettext("{bank} is closed and matches nothing any more.")
        if closed
        else gettext("{bank} is changed.")
    )
    messages.success(request, words.format(bank=found.label))
    return redirect("banks") if closed else redirect("bank", name=found.name)


@require_POST
@needs(Ability.BANKS_MANAGE)
def bank_file(request: HttpRequest, name: str) -> HttpResponse:
    """A bank as a file; handing it out is recorded."""
    form = request.POST.get("form", "csv")
    data = bank_export(bank=bank_find(name), form=form, actor=actor_of(request))
    answer = HttpResponse(data, content_type=TYPES[form])
    answer["Content-Disposition"] = f'attachment; filename="{name}.{form}"'
    return answer


@require_GET
@needs(Ability.BANKS_MANAGE)
def parked(request: HttpRequest) -> HttpResponse:
    """Hashes that matched a flood and wait for a person."""
    return render(request, "web/matching/parked.html", {"entries": entries_parked()[:200]})


@require_POST
@needs(Ability.BANKS_MANAGE)
def entry(request: HttpRequest, entry_id: UUID) -> HttpResponseBase:
    """Let a parked entry in again, or take one out."""
    found, actor = entry_find(entry_id), actor_of(request)
    if request.POST.get("do") == "clear":
        entry_clear(entry=found, actor=actor)
        messages.success(request, gettext("It is in use again, and will not be parked anew."))
        return redirect("banks-parked")
    entry_remove(entry=found, why=request.POST.get("why", ""), actor=actor)
    messages.success(request, gettext("It is taken out. What it matched stays on the record."))
    return redirect("bank", name=found.bank.name)


def _required(upload: ReceivedFile | None) -> ReceivedFile:
    if upload is None:
        raise InvalidInput.of({"file": gettext("Choose a file.")})
    return upload


def _share(text: str) -> int:
    try:
        return int(text or "100")
    except ValueError:
        raise InvalidInput.of(
            {"share": gettext("The share is a percentage from 0 to 100.")}
        ) from None


def _day(text: str) -> datetime | None:
    """The end of a day in UTC; raises InvalidInput."""
    if not text.strip():
        return None
    try:
        return datetime.fromisoformat(text).replace(hour=23, minute=59, tzinfo=UTC)
    except ValueError:
        raise InvalidInput.of(
            {"expires": gettext("Give the day as YYYY-MM-DD, or leave it out.")}
        ) from None
