"""Serving derivatives: safe copies and diagrams, never the original bytes."""

from __future__ import annotations

import re
from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext
from django.views.decorators.http import require_GET

from probity.accounts.roles import Ability
from probity.analysis.timeline import player_facts
from probity.cases.selectors import case_find
from probity.core.errors import NotAllowed, NotFound
from probity.evidence.models import Derivative
from probity.evidence.selectors import derivative_find, derivative_open, viewed_by
from probity.evidence.services import AssetSealed
from probity.web.guard import actor_of, needs
from probity.workflow.viewing import TYPES, media_watch, needs_reveal

from .revealed import revealed_for

RANGE = re.compile(r"^bytes=(\d{0,15})-(\d{0,15})$")
MOST_PER_ANSWER = 4 * 1024 * 1024


@require_GET
@needs(Ability.CASES_READ)
def player(_: HttpRequest, case_id: UUID, sha256: str) -> JsonResponse:
    """What the player of a case's file must know: times of the copy's frames, where faces are."""
    item = case_find(case_id).items.select_related("asset").filter(asset_id=sha256).first()
    if item is None:
        raise NotFound(gettext("This case has no such file."))
    if item.asset.sealed:
        raise AssetSealed
    return JsonResponse(player_facts(item.asset), headers={"Cache-Control": "no-store"})


@require_GET
@needs(Ability.CASES_READ)
def derivative(request: HttpRequest, derivative_id: UUID) -> HttpResponse:
    """One derivative of an asset that belongs to some case, if this person may see it now."""
    found = derivative_find(derivative_id)
    if found.media_type not in TYPES or not found.asset.items.exists():
        raise NotFound(gettext("There is no such picture or clip."))
    if needs_reveal(found):
        _revealed_require(request, found)
    return _walled(_answer(found, request.headers.get("Range", "")), found)


def _revealed_require(request: HttpRequest, found: Derivative) -> None:
    """Both this session and custody must know of the reveal; each further sitting is recorded."""
    actor, case = actor_of(request), revealed_for(request, found)
    if case is None or not viewed_by(derivative=found, actor=actor.name):
        raise NotAllowed(gettext("This is concealed. Open its case and reveal it there first."))
    media_watch(case=case, derivative=found, actor=actor)


def _answer(found: Derivative, asked: str) -> HttpResponse:
    """The whole file, or the part that a player asked for (RFC 9110, section 14)."""
    match = RANGE.match(asked.strip())
    if match is None or not any(match.groups()):
        return HttpResponse(_read(found, 0, found.bytes))
    first, last = _span(match[1], match[2], found.bytes)
    if last < first:
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{found.bytes}"})
    response = HttpResponse(_read(found, first, last - first + 1), status=206)
    response["Content-Range"] = f"bytes {first}-{last}/{found.bytes}"
    return response


def _read(found: Derivative, first: int, count: int) -> bytes:
    with derivative_open(found) as handle:
        handle.seek(first)
        return bytes(handle.read(count))


def _span(start: str, end: str, total: int) -> tuple[int, int]:
    """First and last byte, cut to a sensible length; the last before the first when unusable."""
    if not start:
        first, last = max(0, total - int(end)), total - 1
    else:
        first, last = int(start), min(int(end), total - 1) if end else total - 1
    return first, min(last, first + MOST_PER_ANSWER - 1)


def _walled(response: HttpResponse, found: Derivative) -> HttpResponse:
    """Headers that keep the bytes from being anything but a picture or a clip."""
    response["Content-Type"] = found.media_type
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    response["Cache-Control"] = "no-store"
    response["Accept-Ranges"] = "bytes"
    return response
