"""Editing the words of notices."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from probity.accounts.roles import Ability
from probity.core.errors import Conflict, InvalidInput, NotFound
from probity.notices.editing import kind_read, text_preview, text_restore, text_save
from probity.notices.shipped import Text
from probity.web.guard import actor_of, needs
from probity.web.language.said import said, said_of

from .texts_page import text_page, texts_page


@require_GET
@needs(Ability.NOTICES_MANAGE)
def texts(request: HttpRequest) -> HttpResponse:
    """Every kind of notice."""
    return render(request, "web/notices/texts.html", {"lines": texts_page()})


@require_http_methods(["GET", "POST"])
@needs(Ability.NOTICES_MANAGE)
def text(request: HttpRequest, kind: str, language: str) -> HttpResponseBase:
    """One text: look at it filled, save it."""
    _known(kind, language)
    if request.method == "GET":
        return _page(request, kind, language)
    draft = Text(request.POST.get("subject", ""), request.POST.get("body", ""))
    try:
        if "save" not in request.POST:
            text_preview(kind=kind, language=language, subject=draft.subject, body=draft.body)
            return _page(request, kind, language, draft=draft)
        text_save(
            kind=kind, language=language, subject=draft.subject, body=draft.body,
            actor=actor_of(request), seen=_number(request.POST.get("seen", "")),
        )  # fmt: skip
    except InvalidInput as wrong:
        return _page(request, kind, language, draft=draft, errors=said_of(wrong.fields), status=422)
    except Conflict as clash:
        return _page(
            request, kind, language, draft=draft, errors={"body": clash.sentence}, status=409
        )
    messages.success(request, gettext("The text is saved. It is used from the next notice on."))
    return redirect("notice-text", kind, language)


@require_POST
@needs(Ability.NOTICES_MANAGE)
def restore(request: HttpRequest, kind: str, language: str) -> HttpResponseBase:
    """Use the shipped words again."""
    _known(kind, language)
    text_restore(kind=kind, language=language, actor=actor_of(request))
    messages.success(request, gettext("The text that comes with the product is in use again."))
    return redirect("notice-text", kind, language)


def _known(kind: str, language: str) -> None:
    try:
        kind_read(kind, language)
    except InvalidInput as wrong:
        raise NotFound(said(wrong.sentence)) from None


def _number(said: str) -> int | None:
    return int(said) if said.isdecimal() and len(said) < 9 else None


def _page(
    request: HttpRequest, kind: str, language: str, *, draft: Text | None = None,
    errors: dict[str, str] | None = None, status: int = 200,
) -> HttpResponse:  # fmt: skip
    page = text_page(kind, language, draft=draft, errors=errors)
    return render(request, "web/notices/text.html", {"page": page}, status=status)
