"""One ability per view and method."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rest_framework.exceptions import NotAuthenticated
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

if TYPE_CHECKING:
    from rest_framework.views import APIView

from .authentication import request_actor


class HasScope(BasePermission):
    """Needs ``ability`` of the view; raises NotAllowed with the sentence that names it."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        if request.auth is None:
            raise NotAuthenticated("Send the header “Authorization: Token prb_…”.")
        request_actor(request).require(view.ability)  # type: ignore[attr-defined]
        return True
