"""The uploader's private page: the address is the key."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from probity.core.throttle import source_of, throttle
from probity.notices.selectors import page_by_receipt

from .private_page import uploader_page


@never_cache
@require_GET
def uploader(request: HttpRequest, token: str) -> HttpResponse:
    """What was decided about somebody's content. It is not listed, cached or passed on."""
    throttle(scope="private", who=source_of(request), rate=settings.API_RATE)
    found = page_by_receipt(token)
    page = uploader_page(found.case, token=token)
    response = render(request, "web/notices/uploader.html", {"page": page})
    response["Referrer-Policy"] = "same-origin"
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response
