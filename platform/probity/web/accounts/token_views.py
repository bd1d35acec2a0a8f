"""Keys for one's own programs."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from probity.accounts.models import ApiToken
from probity.accounts.tokens import token_create, token_revoke
from probity.accounts.words import ability_words
from probity.core.clock import now
from probity.core.errors import InvalidInput, NotFound
from probity.web.guard import actor_of
from probity.web.language.said import said, said_of

from .confirming import confirmed


@never_cache
@require_http_methods(["GET", "POST"])
@confirmed
def tokens(request: HttpRequest) -> HttpResponseBase:
    """All of them, and a form for another; a new one is shown this once."""
    if request.method == "GET":
        return _page(request)
    actor, days = actor_of(request), request.POST.get("days", "")
    person = actor.require_self()
    wanted = now() + timedelta(days=min(int(days), 36_500)) if days.isdecimal() else None
    try:
        _scopes_held(request)
        _, secret = token_create(
            person=person,
            scopes=request.POST.getlist("scopes"),
            name=request.POST.get("name", ""),
            expires_at=wanted,
            actor=actor.name,
        )
    except InvalidInput as wrong:
        return _page(request, errors=said_of(wrong.fields), status=wrong.status)
    messages.success(request, gettext("The token is made. Copy it now; it cannot be shown again."))
    return _page(request, secret=secret)


@require_POST
@confirmed
def revoke(request: HttpRequest, token_id: UUID) -> HttpResponseBase:
    """End one now."""
    actor = actor_of(request)
    found = ApiToken.objects.filter(pk=token_id, person=actor.require_self()).first()
    if found is None:
        raise NotFound(gettext("You have no such token."))
    token_revoke(token=found, actor=actor.name)
    messages.success(request, gettext("The token is ended."))
    return redirect("account-tokens")


def _scopes_held(request: HttpRequest) -> None:
    """A person cannot hand out what they may not do."""
    own = {str(ability) for ability in actor_of(request).abilities}
    if not set(request.POST.getlist("scopes")) <= own:
        says = gettext("Choose from what you may do yourself.")
        raise InvalidInput(says, fields={"scopes": says})


def _page(
    request: HttpRequest,
    *,
    secret: str = "",
    errors: dict[str, str] | None = None,
    status: int = 200,
) -> HttpResponse:
    actor = actor_of(request)
    own = ApiToken.objects.filter(person=actor.require_self()).order_by("-created_at")
    page = {
        "tokens": [(token, token.revoked_at is None and token.expires_at > now()) for token in own],
        "abilities": [(str(one), said(ability_words(one))) for one in sorted(actor.abilities)],
        "days": settings.TOKEN_DAYS,
        "longest": settings.TOKEN_MAX_DAYS,
        "secret": secret,
        "errors": errors or {},
        "said": request.POST,
        "ticked": request.POST.getlist("scopes") if errors else [],
    }
    return render(request, "web/accounts/tokens.html", page, status=status)
