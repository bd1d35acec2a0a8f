"""Changing one person."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from probity.accounts.factor_resets import factor_reset_ask, factor_reset_settle
from probity.accounts.grants import grant_end
from probity.accounts.models import FactorReset
from probity.accounts.people import person_enable, roles_set, sign_on_set
from probity.accounts.roles import Ability
from probity.accounts.sessions import session_end, sessions_end, sessions_open
from probity.core.errors import NotFound
from probity.web.accounts.confirming import confirmed
from probity.web.guard import actor_of, needs
from probity.workflow.people import person_close, person_grant

from .people_page import person_find


@require_POST
@needs(Ability.PEOPLE_MANAGE)
@confirmed
def roles(request: HttpRequest, person_id: UUID) -> HttpResponseBase:
    """Other roles."""
    wanted = request.POST.getlist("roles")
    roles_set(person=person_find(person_id), roles=wanted, actor=actor_of(request))
    messages.success(request, gettext("The roles are changed. The person signs in again."))
    return redirect("person", person_id)


@require_POST
@needs(Ability.PEOPLE_MANAGE)
@confirmed
def grant(request: HttpRequest, person_id: UUID) -> HttpResponseBase:
    """Let them see a queue, or one category of it."""
    person_grant(
        person=person_find(person_id),
        queue=request.POST.get("queue", ""),
        category=request.POST.get("category", ""),
        actor=actor_of(request),
    )
    messages.success(request, gettext("They see it from now on."))
    return redirect("person", person_id)


@require_POST
@needs(Ability.PEOPLE_MANAGE)
@confirmed
def grant_take(request: HttpRequest, person_id: UUID, grant_id: UUID) -> HttpResponseBase:
    """Take a grant back."""
    found = person_find(person_id).grants.filter(pk=grant_id).first()
    if found is None:
        raise NotFound(gettext("This person has no such grant."))
    grant_end(grant=found, actor=actor_of(request).name)
    messages.success(request, gettext("They no longer see it."))
    return redirect("person", person_id)


@require_POST
@needs(Ability.PEOPLE_MANAGE)
@confirmed
def sign_on(request: HttpRequest, person_id: UUID) -> HttpResponseBase:
    """What the sign-in service calls them."""
    name = request.POST.get("sign_on_name", "")
    sign_on_set(person=person_find(person_id), name=name, actor=actor_of(request))
    messages.success(request, gettext("Saved."))
    return redirect("person", person_id)


@require_POST
@needs(Ability.PEOPLE_MANAGE)
@confirmed
def close(request: HttpRequest, person_id: UUID) -> HttpResponseBase:
    """Close the account; what they held goes back."""
    count = person_close(person=person_find(person_id), actor=actor_of(request))
    messages.success(
        request, gettext("The account is closed. Cases given back: {count}.").format(count=count)
    )
    return redirect("person", person_id)


@require_POST
@needs(Ability.PEOPLE_MANAGE)
@confirmed
def reopen(request: HttpRequest, person_id: UUID) -> HttpResponseBase:
    """Open it again."""
    person_enable(person=person_find(person_id), actor=actor_of(request))
    messages.success(request, gettext("The account is open again."))
    return redirect("person", person_id)


@require_POST
@needs(Ability.PEOPLE_MANAGE)
@confirmed
def sign_out(request: HttpRequest, person_id: UUID) -> HttpResponseBase:
    """End every session of theirs."""
    actor = actor_of(request)
    count = sessions_end(
        person=person_find(person_id), why="ended by an administrator", actor=actor.name
    )
    messages.success(request, gettext("Sessions ended: {count}.").format(count=count))
    return redirect("person", person_id)


@require_POST
@needs(Ability.PEOPLE_MANAGE)
@confirmed
def session_take(request: HttpRequest, person_id: UUID, session_id: UUID) -> HttpResponseBase:
    """End one session of theirs; the others go on."""
    found = sessions_open(person_find(person_id)).filter(pk=session_id).first()
    if found is None:
        raise NotFound(gettext("This person has no such session, or it has ended already."))
    session_end(session=found, why="ended by an administrator", actor=actor_of(request).name)
    messages.success(request, gettext("That session is ended."))
    return redirect("person", person_id)


@require_POST
@needs(Ability.PEOPLE_MANAGE)
@confirmed
def reset_ask(request: HttpRequest, person_id: UUID) -> HttpResponseBase:
    """Ask that a lost second factor be taken away."""
    reason = request.POST.get("reason", "")
    factor_reset_ask(person=person_find(person_id), reason=reason, actor=actor_of(request))
    messages.success(request, gettext("Written down. A second administrator must agree."))
    return redirect("person", person_id)


@require_POST
@needs(Ability.PEOPLE_MANAGE)
@confirmed
def reset_settle(request: HttpRequest, person_id: UUID, reset_id: UUID) -> HttpResponseBase:
    """Agree, refuse or withdraw."""
    found = FactorReset.objects.filter(pk=reset_id, person_id=person_id).first()
    if found is None:
        raise NotFound(gettext("There is no such wish."))
    agree = request.POST.get("answer") == "agree"
    factor_reset_settle(reset=found, agree=agree, actor=actor_of(request))
    messages.success(
        request,
        gettext("The factor is taken away.") if agree else gettext("Nothing was taken away."),
    )
    return redirect("person", person_id)
