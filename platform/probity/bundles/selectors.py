"""Reading exports."""

from __future__ import annotations

from uuid import UUID

from probity.cases.models import Case
from probity.core.errors import NotFound

from .models import Export


def exports_of(case: Case) -> list[Export]:
    """The bundles of a case, the newest first."""
    return list(case.exports.select_related("person"))


def export_find(*, case: Case, export_id: UUID) -> Export:
    """One bundle of this case; raises NotFound."""
    export = case.exports.filter(pk=export_id).first()
    if export is None:
        raise NotFound("This case has no such bundle.")
    return export
