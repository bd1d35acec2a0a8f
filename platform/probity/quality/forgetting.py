"""What an erasure reaches here: the words of a report that copies of its case repeat."""

from __future__ import annotations

from probity.cases.models import Report
from probity.cases.services import report_erase

from .models import Trial


def trial_reports_forget(*, report: Report, actor: str) -> int:
    """Erase the copies of a report, in the caller's transaction; how many there were."""
    wanted = str(report.pk)
    trials = Trial.objects.filter(source=report.case_id).values_list("reports", flat=True)
    copies = [mine for reports in trials for mine, theirs in reports.items() if theirs == wanted]
    rows = Report.objects.filter(pk__in=copies)
    for row in rows:
        report_erase(report=row, actor=actor)
    return len(rows)
