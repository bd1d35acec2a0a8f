"""/check: a file in, its provenance out, no account; nothing is kept unless the visitor asks."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import patch_cache_control
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from probity.core.errors import Refusal, TooManyRequests
from probity.core.throttle import source_of, throttle
from probity.credentials.checks import check_forget, check_keep, check_receive
from probity.credentials.reading import warm
from probity.credentials.representations import check_told
from probity.credentials.selectors import check_find, check_picture
from probity.evidence.uploads import received_file
from probity.web.language.said import said
from probity.web.pages import by_htmx, go
from probity.workflow.wake import wake_desk

from .check_page import check_page


@require_http_methods(["GET", "POST"])
def check(request: HttpRequest) -> HttpResponseBase:
    """The page where a file is dropped."""
    if request.method == "GET":
        warm()
        return _form(request)
    throttle(scope="check", who=source_of(request), rate=settings.CHECK_RATE)
    try:
        row = check_receive(upload=received_file(request))
    except TooManyRequests:
        raise
    except Refusal as refusal:
        return _form(request, error=said(refusal.sentence), status=refusal.status)
    wake_desk()
    return go(request, reverse("check-answer", args=[row.pk]))


@never_cache
@require_GET
def answer(request: HttpRequest, check_id: UUID) -> HttpResponse:
    """What the file said. The address is the key: it is not listed, cached or passed on."""
    page = check_page(check_find(check_id), compare=request.GET.get("compare", ""))
    return _private(render(request, "web/creators/check_answer.html", {"page": page}))


@never_cache
@require_GET
def more(request: HttpRequest, check_id: UUID) -> HttpResponse:
    """For a page that waits: nothing new (204), or the whole answer."""
    row = check_find(check_id)
    if row.step == request.GET.get("step") and bool(row.answer) == ("first" in request.GET):
        return _private(HttpResponse(status=204))
    return _private(render(request, "web/creators/check_result.html", {"page": check_page(row)}))


@require_GET
def picture(request: HttpRequest, check_id: UUID, node: str) -> HttpResponse:
    """A small picture of our own making."""
    del request
    row = check_picture(check=check_find(check_id), node=node)
    response = HttpResponse(bytes(row.data), content_type=row.media_type)
    patch_cache_control(response, private=True, max_age=600)
    return _private(response)


@never_cache
@require_GET
def raw(request: HttpRequest, check_id: UUID) -> HttpResponse:
    """Everything as JSON, to keep."""
    del request
    row = check_find(check_id)
    response = JsonResponse(check_told(row), json_dumps_params={"indent": 1})
    response["Content-Disposition"] = f'attachment; filename="provenance-{row.sha256[:12]}.json"'
    return _private(response)


@require_POST
def keep(request: HttpRequest, check_id: UUID) -> HttpResponseBase:
    """The visitor asks to keep the answer."""
    row = check_keep(check=check_find(check_id))
    return go(request, reverse("check-answer", args=[row.pk]))


@require_POST
def forget(request: HttpRequest, check_id: UUID) -> HttpResponseBase:
    """The visitor wants it gone now."""
    check_forget(check=check_find(check_id))
    return go(request, f"{reverse('check')}?gone")


def _form(request: HttpRequest, *, error: str = "", status: int = 200) -> HttpResponse:
    context = {
        "error": error,
        "limit_bytes": settings.UPLOAD_MAX_BYTES,
        "minutes": settings.CHECK_MINUTES,
        "gone": "gone" in request.GET,
    }
    name = "check_form.html" if by_htmx(request) else "check.html"
    return render(request, f"web/creators/{name}", context, status=status)


def _private(response: HttpResponse) -> HttpResponse:
    # not "no-referrer": the page has forms, and these would come with "Origin: null"
    response["Referrer-Policy"] = "same-origin"
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response
