"""Each view reads a form, previews or saves, and shows the page again."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from probity.accounts.roles import Ability
from probity.cases.models import Queue, RoutingRule
from probity.cases.prioritising import priorities_sweep, weights_check, weights_set
from probity.cases.queues import queue_add, queue_change, targets_set
from probity.cases.routing import Line, backlog_reroute, routing_preview, rules_now
from probity.cases.routing_rules import (
    line_check,
    rule_add,
    rule_change,
    rule_find,
    rule_move,
    rule_remove,
    rules_with,
)
from probity.core.errors import InvalidInput, NotFound
from probity.core.wake import task_wake
from probity.web.guard import actor_of, needs
from probity.web.language.said import said_of

from .priority_page import priority_page, weights_read
from .queues_page import order_read, queues_page, targets_read
from .routing_page import line_read, routing_page, uuid_of

REROUTED_MOST = 2_000


@require_http_methods(["GET", "POST"])
@needs(Ability.QUEUES_MANAGE)
def queues(request: HttpRequest) -> HttpResponseBase:
    """The queues and their targets."""
    if request.method == "GET":
        return render(request, "web/leading/queues.html", {"page": queues_page()})
    key = uuid_of(request.POST.get("id", ""))
    try:
        _queue_save(request, key)
    except InvalidInput as wrong:
        draft = {name: request.POST.get(name, "") for name in ("title", "order")}
        page = queues_page(errors=said_of(wrong.fields), draft=draft, open_id=key)
        return render(request, "web/leading/queues.html", {"page": page}, status=wrong.status)
    return redirect("leading-queues")


def _queue_save(request: HttpRequest, key: UUID | None) -> None:
    actor, data = actor_of(request), request.POST
    minutes, order = targets_read(data), order_read(data)
    title = data.get("title", "")
    if key is None:
        queue = queue_add(title=title, order=order, actor=actor)
    else:
        found = Queue.objects.filter(pk=key).first()
        if found is None:
            raise NotFound(gettext("There is no such queue."))
        queue = queue_change(queue=found, title=title, order=order, actor=actor)
    targets_set(queue=queue, minutes=minutes, pauses="pauses" in data, actor=actor)
    messages.success(request, gettext("The queue “{title}” is saved.").format(title=queue.title))


@require_http_methods(["GET", "POST"])
@needs(Ability.QUEUES_MANAGE)
def routing(request: HttpRequest) -> HttpResponseBase:
    """The routing rules: preview first, then save."""
    if request.method == "GET":
        return render(request, "web/leading/routing.html", {"page": routing_page()})
    key = uuid_of(request.POST.get("id", ""))
    rule = rule_find(key) if key else None
    if rule and {"up", "down", "remove"} & set(request.POST):
        return _rule_placed(request, rule)
    line = line_read(request.POST)
    try:
        checked = line_check(line)
        if "save" in request.POST:
            return _rule_saved(request, rule, checked)
    except InvalidInput as wrong:
        page = routing_page(rule=rule, draft=line, errors=said_of(wrong.fields))
        return render(request, "web/leading/routing.html", {"page": page}, status=wrong.status)
    preview = routing_preview(rules_with(checked, rule=rule))
    page = routing_page(rule=rule, draft=checked, preview=preview)
    return render(request, "web/leading/routing.html", {"page": page})


def _rule_placed(request: HttpRequest, rule: RoutingRule) -> HttpResponseBase:
    seen, actor = request.POST.get("seen"), actor_of(request)
    if "remove" in request.POST:
        rule_remove(rule=rule, seen=seen, actor=actor)
        messages.success(
            request,
            gettext("The rule “{title}” is removed. Cases stay where they are.").format(
                title=rule.title
            ),
        )
    else:
        rule_move(rule=rule, up="up" in request.POST, seen=seen, actor=actor)
        messages.success(
            request,
            gettext("The rule “{title}” is looked at in another place now.").format(
                title=rule.title
            ),
        )
    return redirect("leading-routing")


def _rule_saved(request: HttpRequest, rule: RoutingRule | None, line: Line) -> HttpResponseBase:
    seen, actor = request.POST.get("seen"), actor_of(request)
    if rule:
        rule_change(rule=rule, line=line, seen=seen, actor=actor)
    else:
        rule_add(line=line, seen=seen, actor=actor)
    say = gettext("The rule “{title}” holds for whatever comes from now on.").format(
        title=line.title
    )
    if "backlog" in request.POST:
        found = routing_preview(rules_now()).cases
        moved = backlog_reroute(cases=found[:REROUTED_MOST], actor=actor.name)
        say = gettext("{say} {moved} waiting cases moved.").format(say=say, moved=moved)
        if len(found) > REROUTED_MOST:
            say = gettext("{say} {value} are left; save again to move them too.").format(
                say=say, value=len(found) - REROUTED_MOST
            )
    messages.success(request, say)
    return redirect("leading-routing")


@require_http_methods(["GET", "POST"])
@needs(Ability.QUEUES_MANAGE)
def priority(request: HttpRequest) -> HttpResponse | HttpResponseBase:
    """What counts how much: preview the order first, then save."""
    if request.method == "GET":
        return render(request, "web/leading/priority.html", {"page": priority_page()})
    draft, reason = weights_read(request.POST), request.POST.get("reason", "")
    try:
        checked = weights_check(draft)
        if "save" in request.POST:
            seen = request.POST.get("seen", "")
            weights_set(
                values=draft, reason=reason, actor=actor_of(request),
                seen=int(seen) if seen.isdecimal() else None,
            )  # fmt: skip
            priorities_sweep(most=1_000)
            task_wake("probity.sweep_priorities")
            messages.success(request, gettext("The new order is in use."))
            return redirect("leading-priority")
    except InvalidInput as wrong:
        page = priority_page(draft=draft, reason=reason, errors=said_of(wrong.fields))
        return render(request, "web/leading/priority.html", {"page": page}, status=wrong.status)
    page = priority_page(draft=draft, reason=reason, proposed=checked)
    return render(request, "web/leading/priority.html", {"page": page})
