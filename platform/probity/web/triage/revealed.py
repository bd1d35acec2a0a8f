"""What a person chose to see, remembered for their session and case only."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest

from probity.cases.models import Case
from probity.evidence.models import Derivative
from probity.web.language.later import later

KEY = "revealed"
#: Behind the id of a copy that is shown in colour.
COLOUR = later(" in colour")


def revealed_in(request: HttpRequest, case: Case) -> set[str]:
    """The ids of the copies revealed in this case in this session."""
    return set(request.session.get(KEY, {}).get(str(case.pk), []))


def revealed_for(request: HttpRequest, derivative: Derivative) -> UUID | None:
    """The case in which this session revealed a copy; None where it did not."""
    by_case: dict[str, list[str]] = request.session.get(KEY, {})
    return next((UUID(case) for case, ids in by_case.items() if str(derivative.pk) in ids), None)


def is_revealed(request: HttpRequest, derivative: Derivative) -> bool:
    """Whether this session revealed a copy in any case."""
    return revealed_for(request, derivative) is not None


def remember(request: HttpRequest, case: Case, derivative: Derivative) -> None:
    """The copy may be shown from now on."""
    ids = revealed_in(request, case) | {str(derivative.pk)}
    request.session[KEY] = {**request.session.get(KEY, {}), str(case.pk): sorted(ids)}


def in_colour(revealed: set[str], derivative: Derivative) -> bool:
    """Whether a person whose first step is grey went on to colour for this copy."""
    return f"{derivative.pk}{COLOUR}" in revealed


def remember_colour(request: HttpRequest, case: Case, derivative: Derivative) -> None:
    """The copy may be shown in colour from now on."""
    ids = revealed_in(request, case) | {f"{derivative.pk}{COLOUR}"}
    request.session[KEY] = {**request.session.get(KEY, {}), str(case.pk): sorted(ids)}


def forget(request: HttpRequest, case: Case) -> None:
    """All media of the case is concealed again."""
    by_case = dict(request.session.get(KEY, {}))
    by_case.pop(str(case.pk), None)
    request.session[KEY] = by_case
