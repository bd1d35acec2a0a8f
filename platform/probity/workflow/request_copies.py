"""A valid request reaches known identical copies: the system looks, and writes the effort down."""

from __future__ import annotations

import logging

from django.db import transaction

from probity.accounts.actors import SYSTEM
from probity.analysis.selectors import progress_of
from probity.audit.services import case_chain, event_append
from probity.cases.models import Case, CaseState
from probity.core.errors import Refusal
from probity.matching.models import CopySearch

from .case_copies import cases_alike, copies_search

logger = logging.getLogger(__name__)
UNDER_WAY = frozenset({"waiting", "running"})
AT_ONCE = 20


def requests_sweep() -> int:
    """Search for each undecided case with a valid request whose files are analysed, once after the
    last file came; return how many were searched. One that refuses keeps no other back."""
    done = 0
    rows = Case.objects.filter(
        state__in=[CaseState.OPEN, CaseState.IN_REVIEW], removed_at=None,
        reports__request_valid_at__isnull=False, items__isnull=False,
    )  # fmt: skip
    for case in rows.distinct().order_by("opened_at")[:500]:
        if done == AT_ONCE:
            break
        if not _due(case):
            continue
        try:
            request_copies(case=case)
            done += 1
        except Refusal:
            logger.warning("Copies for case %s could not be looked for yet.", case.pk)
    return done


@transaction.atomic
def request_copies(*, case: Case) -> CopySearch:
    """Look for the known copies of a requested case now, and say which cases hold them."""
    search = copies_search(case=case, actor=SYSTEM)
    alike = cases_alike(case)
    event_append(
        chain=case_chain(case.pk), name="request.copies", actor=SYSTEM.name,
        payload={
            "search": str(search.pk), "identical": search.identical, "near": search.near,
            "cases": [str(each.case.pk) for each in alike if each.identical],
        },
    )  # fmt: skip
    return search


def _due(case: Case) -> bool:
    if progress_of(case.pk).state in UNDER_WAY:
        return False
    newest = case.items.order_by("-added_at").values_list("added_at", flat=True).first()
    return (
        newest is not None and not CopySearch.objects.filter(case=case.pk, at__gte=newest).exists()
    )
