"""One's own wellbeing, and what leads set."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from probity.accounts.roles import Ability
from probity.care.models import Severity
from probity.care.selectors import break_of
from probity.care.services import break_begin, break_end, preference_set, rules_set
from probity.cases.models import Category
from probity.core.errors import InvalidInput
from probity.web.guard import actor_of, needs
from probity.web.language.said import said_of
from probity.web.language.tables import CATEGORY_WORDS
from probity.workflow.declining import category_leave, category_return

from .page import leading_page, wellbeing_page


@never_cache
@require_http_methods(["GET", "POST"])
@needs(Ability.CASES_READ)
def wellbeing(request: HttpRequest) -> HttpResponseBase:
    """How one's day is, and what one prefers."""
    actor = actor_of(request)
    if request.method == "POST":
        share, first = request.POST.get("share", ""), request.POST.get("first_step", "")
        try:
            preference_set(actor=actor, first_step=first, share=_whole(share))
        except InvalidInput as wrong:
            return _wellbeing(request, errors=said_of(wrong.fields), status=wrong.status)
        messages.success(request, gettext("Kept. It holds from now on, in every browser you use."))
        return redirect("wellbeing")
    return _wellbeing(request)


@require_POST
@needs(Ability.CASES_READ)
def rest(request: HttpRequest) -> HttpResponseBase:
    """Take a break, or come back from one."""
    actor = actor_of(request)
    if break_of(actor.require_self()):
        break_end(actor=actor)
        messages.success(request, gettext("Welcome back."))
    else:
        break_begin(actor=actor)
        messages.success(
            request,
            gettext("Your break began. What you hold goes on running; give back what cannot wait."),
        )
    return redirect("wellbeing")


@require_POST
@needs(Ability.CASES_READ)
def categories(request: HttpRequest) -> HttpResponseBase:
    """Leave a category to others, or take it again."""
    key, actor = request.POST.get("category", ""), actor_of(request)
    if "take" in request.POST:
        category_return(actor=actor, category=key)
        messages.success(request, gettext("You see cases of this category again."))
    else:
        category_leave(actor=actor, category=key)
        words = CATEGORY_WORDS[Category(key)]
        messages.success(
            request,
            gettext("You see no more cases of “{words}”. Nobody asks you why.").format(words=words),
        )
    return redirect("wellbeing")


@require_http_methods(["GET", "POST"])
@needs(Ability.CARE_MANAGE)
def leading(request: HttpRequest) -> HttpResponseBase:
    """What leads set, and the counts they see."""
    if request.method == "GET":
        return render(request, "web/care/leading.html", {"page": leading_page()})
    data = request.POST
    try:
        rules_set(
            actor=actor_of(request),
            minutes={one: _whole(data.get(f"minutes_{one}", "")) for one in Severity},
            at_limit=data.get("at_limit", ""),
            resources=data.get("resources", ""),
        )
    except InvalidInput as wrong:
        page = leading_page(said=data.dict(), errors=said_of(wrong.fields))
        return render(request, "web/care/leading.html", {"page": page}, status=wrong.status)
    messages.success(request, gettext("Saved. It holds from now on."))
    return redirect("leading-care")


def _wellbeing(
    request: HttpRequest, *, errors: dict[str, str] | None = None, status: int = 200
) -> HttpResponse:
    page = wellbeing_page(actor_of(request).require_self())
    context = {"page": page, "errors": errors or {}}
    return render(request, "web/care/wellbeing.html", context, status=status)


def _whole(text: str) -> int:
    """A whole number as typed; 0 for anything else."""
    return int(text) if text.isdecimal() and len(text) < 7 else 0
