"""Which cases an address leads to, so that one gate keeps all of them from who may not see them.

Every part of an address that names something is here: either with the cases it belongs to, or in
``FREE`` because it belongs to none. A test holds the list against all addresses there are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any
from uuid import UUID

from probity.accounts.models import Person
from probity.alerts.models import Alert
from probity.cases.access import UNKNOWN, visible
from probity.cases.models import Case, EvidenceItem, Report, WorkNote
from probity.contests.models import Appeal, Referral
from probity.core.errors import NotFound
from probity.decisions.models import Decision, Measure
from probity.evidence.models import Derivative
from probity.keeping.models import ErasureRequest, LegalHold
from probity.matching.models import Carry, ClusterMember
from probity.notices.models import Notice, NoticeHold
from probity.quality.models import Golden, Trial

Cases = Iterable[UUID | None]

#: What an address may name that belongs to a case, and how to find those cases.
CASES_OF: Mapping[str, Callable[[Any], Cases]] = {
    "case_id": lambda key: [key],
    "derivative_id": lambda key: EvidenceItem.objects.filter(
        asset__in=Derivative.objects.filter(pk=key).values("asset")
    ).values_list("case", flat=True),
    "alert_id": lambda key: Alert.objects.filter(pk=key).values_list("case", flat=True),
    "carry_id": lambda key: Carry.objects.filter(pk=key).values_list("case", flat=True),
    "cluster_id": lambda key: EvidenceItem.objects.filter(
        asset__in=ClusterMember.objects.filter(cluster=key).values("asset")
    ).values_list("case", flat=True),
    "hold_id": lambda key: [
        *LegalHold.objects.filter(pk=key).values_list("placed_in", flat=True),
        *NoticeHold.objects.filter(pk=key).values_list("case", flat=True),
    ],
    "request_id": lambda key: ErasureRequest.objects.filter(pk=key).values_list("case", flat=True),
    "note_id": lambda key: WorkNote.objects.filter(pk=key).values_list("case", flat=True),
    "report_id": lambda key: Report.objects.filter(pk=key).values_list("case", flat=True),
    "decision_id": lambda key: Decision.objects.filter(pk=key).values_list("case", flat=True),
    "measure_id": lambda key: Measure.objects.filter(pk=key).values_list(
        "decision__case", flat=True
    ),
    "appeal_id": lambda key: Appeal.objects.filter(pk=key).values_list("case", flat=True),
    "referral_id": lambda key: Referral.objects.filter(pk=key).values_list("case", flat=True),
    "notice_id": lambda key: Notice.objects.filter(pk=key).values_list("case", flat=True),
    "golden_id": lambda key: Golden.objects.filter(pk=key).values_list("source", flat=True),
    "trial_id": lambda key: Trial.objects.filter(pk=key).values_list("source", flat=True),
}
"""What belongs to no case, or is only ever asked for beside the case it belongs to."""
FREE = frozenset(
    {
        "binding_id", "category", "check_id", "detector", "endpoint_id", "entry_id", "export_id",
        "factor_id", "grant_id", "identity_id", "key", "kind", "language", "link_id", "list_id",
        "manifest_id", "match_id", "message_id", "name", "node", "organization_slug", "pack",
        "party_id", "person_id", "provider_id", "reset_id", "run_id", "secret", "sender_id",
        "session_id", "sha256", "step", "subscription_id", "suspension_id", "term_id", "token",
        "token_id", "view_id", "work_id",
    }
)  # fmt: skip


def reach_require(person: Person | None, named: Mapping[str, Any]) -> None:
    """Raise NotFound unless this person sees a case of each thing that the address names.

    What does not exist, or lies in no case, is left to the page itself. A file that lies in several
    cases is seen by whoever sees one of them.
    """
    asked = [name for name in named if name in CASES_OF]
    condition = visible(person) if asked else None
    if not condition:
        return
    for name in asked:
        cases = [key for key in CASES_OF[name](named[name]) if key]
        seen = Case.objects.filter(condition, pk__in=cases)
        if cases and not seen.exists():
            raise NotFound(UNKNOWN)
