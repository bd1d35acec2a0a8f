"""One ability per view and method."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rest_framework.exceptions import NotAuthenticated
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

if TYPE_CHECKING:
    from rest_framework.views import APIView

from probity.workflow.reach import reach_require

from .authentication import request_actor


class HasScope(BasePermission):
    """Needs ``ability`` of the view, and sight of the case that the address names.

    Raises NotAllowed with the sentence that names the ability, NotFound for a case out of sight.
    """

    def has_permission(self, request: Request, view: APIView) -> bool:
        if request.auth is None:
            raise NotAuthenticated("Send the header “Authorization: Token prb_…”.")
        actor = request_actor(request)
        writes = getattr(view, "writes", None) if request.method != "GET" else None
        actor.require(writes or view.ability)  # type: ignore[attr-defined]
        reach_require(actor.person, view.kwargs)
        return True
