"""What a decision was taken on, by id: shown beside the appeal even when the case has moved on."""

from __future__ import annotations

from typing import Any

from probity.decisions.models import Decision
from probity.evidence.models import Derivative


def snapshot_of(decision: Decision) -> dict[str, Any]:
    """Ids and digests of the decision, its evaluation, statement, measures, files and pictures.

    Only what was there when it was decided: a file that came later is left out.
    """
    items = decision.case.items.filter(added_at__lte=decision.at).order_by("added_at")
    assets = list(items.values_list("asset_id", flat=True))
    pictures = Derivative.objects.filter(asset__in=assets, made_at__lte=decision.at)
    statement = decision.case.statements.filter(decision=decision).first()
    return {
        "decision": str(decision.pk),
        "evaluation": str(decision.evaluation_id) if decision.evaluation_id else None,
        "statement": str(statement.pk) if statement else None,
        "statement_sha256": statement.sha256 if statement else None,
        "measures": [str(row.pk) for row in decision.measures.all()],
        "reports": [
            str(pk)
            for pk in decision.case.reports.filter(received_at__lte=decision.at)
            .order_by("received_at")
            .values_list("pk", flat=True)
        ],
        "assets": assets,
        "pictures": [{"id": str(row.pk), "sha256": row.sha256} for row in pictures.order_by("pk")],
    }
