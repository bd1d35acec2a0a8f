"""Yes and goodbye, for whoever holds the link of a mail; nobody signs in here.

Opening a link changes nothing: programs that look at mails open links too.
"""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from probity.alerts.letters import list_words
from probity.alerts.models import Rhythm, Subscription
from probity.alerts.subscriptions import subscription_confirm, subscription_end
from probity.alerts.tokens import leave_token, subscription_to_confirm, subscription_to_leave

from .page import RHYTHM_WORDS


@never_cache
@require_http_methods(["GET", "POST"])
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """Say yes to alerts."""
    row = subscription_to_confirm(token)
    if request.method == "POST":
        row = subscription_confirm(subscription=row)
    page = {**_page(row), "leave": leave_token(row)}
    return render(request, "web/alerts/confirm.html", {"page": page})


# The link itself is the right to leave, and a mail program's one click brings no cookie (RFC 8058).
@csrf_exempt
@never_cache
@require_http_methods(["GET", "POST"])
def leave(request: HttpRequest, token: str) -> HttpResponse:
    """End alerts."""
    row = subscription_to_leave(token)
    if request.method == "POST":
        row = subscription_end(subscription=row, why="unsubscribed", actor="subscriber")
    return render(request, "web/alerts/leave.html", {"page": _page(row)})


def _page(row: Subscription) -> dict[str, object]:
    return {
        "row": row,
        "list": list_words(row.watch_list),
        "rhythm": RHYTHM_WORDS[Rhythm(row.rhythm)].lower(),
    }
