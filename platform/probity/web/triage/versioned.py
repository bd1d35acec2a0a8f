"""Forms of the case page say which version of the case they were made from."""

from __future__ import annotations

from functools import wraps
from typing import Any
from uuid import UUID

from django.db import transaction
from django.http import HttpRequest, QueryDict
from django.http.response import HttpResponseBase

from probity.cases.models import Case
from probity.cases.versions import version_check
from probity.web.guard import View, actor_of


def version_read(data: QueryDict) -> int | None:
    """The newest version among those sent: the form's own, and the page's as last brought up to
    date; None where none was sent."""
    sent = [int(text) for text in data.getlist("version") if text.isdecimal() and len(text) < 10]
    return max(sent, default=None)


def versioned(view: View) -> View:
    """Refuse a form, with a sentence that says what happened, once a colleague changed the case.

    The case stays locked until the view is done, so that nothing comes in between.
    """

    @wraps(view)
    def checked(request: HttpRequest, case_id: UUID, *args: Any, **kwargs: Any) -> HttpResponseBase:
        seen = version_read(request.POST)
        with transaction.atomic():
            case = Case.objects.select_for_update(of=("self",)).filter(pk=case_id).first()
            if case is not None:
                version_check(case=case, seen=seen, actor=actor_of(request))
            return view(request, case_id, *args, **kwargs)

    return checked
