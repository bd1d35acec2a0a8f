"""A page of a case says that it is open, and learns what changed around it."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from probity.accounts.roles import Ability
from probity.cases.presence import presence_note
from probity.web.guard import actor_of, needs
from probity.web.triage.case_page import CasePage
from probity.web.triage.views import page_of

from .live import News, Told, hold_news, news_of


@require_GET
@needs(Ability.CASES_READ)
def live(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Note that the case is open here; 204 when nothing changed around it.

    A reading request, though it notes who asks: what a page asks by itself must not keep a
    session alive, and one that is sent twice notes no more than one.
    """
    page, said = page_of(request, case_id), request.GET
    if said.get("quick"):
        return _held(request, page, told=said.get("hold", ""))
    presence_note(case=page.case, person=actor_of(request).require_person(Ability.CASES_READ))
    told = Told(said.get("hold", ""), said.get("due", ""), said.get("here", ""))
    news = news_of(page, told=told)
    if not news.parts:
        return HttpResponse(status=204)
    return _told(request, page, news)


def _held(request: HttpRequest, page: CasePage, *, told: str) -> HttpResponse:
    """Only who holds the case: asked far more often, so it writes nothing and reads little."""
    if told == page.hold_mark:
        return HttpResponse(status=204)
    return _told(request, page, hold_news(page, told=told))


def _told(request: HttpRequest, page: CasePage, news: News) -> HttpResponse:
    context = {"page": page, "parts": news.parts, "say": news.say, "here": news.here, "oob": True}
    return render(request, "web/console/live.html", context)
