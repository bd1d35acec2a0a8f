"""The public door: the landing page, the report form, a report's private status page."""

from __future__ import annotations

from collections.abc import Mapping

from django.conf import settings
from django.db import Error, connection
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.templatetags.static import static
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from probity.accounts.actors import REPORTER
from probity.accounts.roles import Ability
from probity.cases.notice import notice_read
from probity.cases.selectors import report_by_receipt
from probity.core.addresses import status_url
from probity.core.errors import InvalidInput, NotAllowed, Refusal, TooManyRequests
from probity.core.throttle import source_of, throttle
from probity.evidence.uploads import received_file
from probity.keeping.requests import erasure_ask_reporter
from probity.web.guard import person_of
from probity.web.language.said import said, said_of
from probity.web.pages import by_htmx, go
from probity.workflow.report_receive import Receipt, report_receive

from .report_page import report_page
from .status_page import status_page


@require_safe
def home(request: HttpRequest) -> HttpResponseBase:
    """The queue for those who work here, a welcome for everybody else."""
    person = person_of(request)
    if person and Ability.CASES_READ in person.abilities:
        return redirect("queue")
    if person and Ability.WORKS_SIGN in person.abilities:
        return redirect("desk")
    return render(request, "web/public/home.html")


@require_http_methods(["GET", "HEAD", "POST"])
def report(request: HttpRequest) -> HttpResponseBase:
    """The report form."""
    if request.method != "POST":
        return render(request, "web/public/report.html", {"page": report_page({})})
    throttle(scope="report", who=source_of(request), rate=settings.REPORT_RATE)
    try:
        receipt = _take(request)
    except (TooManyRequests, NotAllowed):
        raise
    except Refusal as refusal:
        return _again(request, refusal)
    return go(request, f"{reverse('status', args=[receipt.token])}?received")


@never_cache
@require_safe
def status(request: HttpRequest, token: str) -> HttpResponse:
    """A report's way. The address is the key: it is not listed, cached or passed on."""
    found = report_by_receipt(token)
    page = {
        "page": status_page(found, token=token),
        "token": token,
        "fresh": "received" in request.GET,
        "address": status_url(request, token),
    }
    response = render(request, "web/public/status.html", page)
    # not "no-referrer": the page has a form, and that would come with "Origin: null"
    response["Referrer-Policy"] = "same-origin"
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response


@require_POST
def status_erase(request: HttpRequest, token: str) -> HttpResponseBase:
    """A reporter asks that their data go (GDPR art. 17); a person decides."""
    throttle(scope="report", who=source_of(request), rate=settings.REPORT_RATE)
    found = report_by_receipt(token)
    erasure_ask_reporter(
        report=found, files=bool(request.POST.get("files")), words=request.POST.get("words", "")
    )
    return go(request, f"{reverse('status', args=[token])}#erasure")


@never_cache
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """Whether the application can serve: 200 when the database answers, else 503."""
    del request
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except Error:
        return HttpResponse("the database does not answer\n", status=503, content_type="text/plain")
    return HttpResponse("ok\n", content_type="text/plain")


@require_safe
def favicon(request: HttpRequest) -> HttpResponseBase:
    """The mark, for browsers that ask at the old address."""
    del request
    return redirect(static("probity/mark.svg"), permanent=True)


def _take(request: HttpRequest) -> Receipt:
    upload = received_file(request)
    notice = notice_read(_filled(request), has_file=upload is not None)
    return report_receive(notice=notice, upload=upload, channel="web", actor=REPORTER)


def _filled(request: HttpRequest) -> Mapping[str, object]:
    """The filled-in fields: an empty box of a form means that nothing was said."""
    return {name: value for name, value in request.POST.items() if value and str(value).strip()}


def _again(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """The form with each sentence beside its field; a refused file is the file field's matter."""
    fields = said_of(refusal.fields) if isinstance(refusal, InvalidInput) else {}
    page = report_page(
        request.POST,
        errors=fields or {"file": said(refusal.sentence)},
        had_file=bool(request.FILES),
    )
    name = "web/public/report_main.html" if by_htmx(request) else "web/public/report.html"
    return render(request, name, {"page": page}, status=refusal.status)
