"""Asking as the person shown. The form carries its answers: nothing is kept before it is sent."""

from __future__ import annotations

from collections.abc import Mapping

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from probity.accounts.actors import REPORTER
from probity.cases.notice import notice_read
from probity.core.errors import InvalidInput, NotAllowed, Refusal, TooManyRequests
from probity.core.throttle import source_of, throttle
from probity.evidence.uploads import received_file
from probity.web.language.later import later
from probity.web.language.said import said, said_of
from probity.web.pages import go
from probity.workflow.report_receive import report_receive

from .request_page import ALL, FIELDS, RequestPage, neighbour, notice_fields, step_of

TEMPLATE = "web/contests/request_new.html"
NEEDED = {
    "who": ("person", later("Choose who is shown.")),
    "where": ("category", later("Choose what kind of image or recording it is.")),
}


@never_cache
@require_http_methods(["GET", "POST"])
def request_new(request: HttpRequest) -> HttpResponseBase:
    """One step after the other; sent from the last."""
    if request.method == "GET":
        return _shown(request, RequestPage())
    step = request.POST.get("step", "")
    step = step if step in FIELDS else "who"
    kept = _kept(request)
    asked = request.POST.get("go", "next")
    if asked == "back":
        return _shown(request, RequestPage(neighbour(step, -1), kept))
    wanted = NEEDED.get(step)
    if wanted and not kept.get(wanted[0]):
        return _shown(request, RequestPage(step, kept, dict([wanted])), status=422)
    if step == "who" and kept["person"] == "other":
        return go(request, reverse("report"))
    if asked == "send":
        return _send(request, kept)
    return _shown(request, RequestPage(neighbour(step, 1), kept))


@never_cache
@require_POST
def request_check(request: HttpRequest) -> HttpResponse:
    """Only what each law still wants, while the form is filled in."""
    page = RequestPage(kept=_kept(request))
    return render(request, "web/contests/law_checks.html", {"page": page})


def _send(request: HttpRequest, kept: Mapping[str, str]) -> HttpResponseBase:
    throttle(scope="report", who=source_of(request), rate=settings.REPORT_RATE)
    try:
        upload = received_file(request)
        notice = notice_read(notice_fields(kept), has_file=upload is not None)
        receipt = report_receive(notice=notice, upload=upload, channel="web", actor=REPORTER)
    except (TooManyRequests, NotAllowed):
        raise
    except InvalidInput as wrong:
        errors = said_of(wrong.fields)
        if "category" in errors:
            errors["category"] = NEEDED["where"][1]
        if set(errors) == {"file"}:
            errors = {
                "url": gettext("Give the address where it is, or send the file in the last step.")
            }
        page = RequestPage(step_of(errors), kept, errors)
        return _shown(request, page, status=wrong.status)
    except Refusal as refusal:
        page = RequestPage("send", kept, refused=said(refusal.sentence))
        return _shown(request, page, status=refusal.status)
    return go(request, f"{reverse('status', args=[receipt.token])}?received")


def _kept(request: HttpRequest) -> dict[str, str]:
    return {name: request.POST.get(name, "").replace("\x00", "") for name in ALL}


def _shown(request: HttpRequest, page: RequestPage, *, status: int = 200) -> HttpResponse:
    return render(request, TEMPLATE, {"page": page, "errors": page.errors}, status=status)
