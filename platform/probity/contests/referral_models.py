"""Handing a case to an outside body such as NCMEC's CyberTipline: by two people, always."""

from __future__ import annotations

from enum import StrEnum

from django.db import models
from django.db.models import F, Q

from probity.accounts.models import Person
from probity.cases.models import Case
from probity.core.models import Row
from probity.core.moves import Moves


class ReferralState(StrEnum):
    """Where a referral stands; ``opened``: the outside body has a report that is not finished."""

    PROPOSED = "proposed"
    AGREED = "agreed"
    REFUSED = "refused"
    OPENED = "opened"
    FINISHED = "finished"
    RETRACTED = "retracted"


REFERRAL_MOVES = Moves(
    thing="a referral",
    begins=[ReferralState.PROPOSED],
    after={
        ReferralState.PROPOSED: [ReferralState.AGREED, ReferralState.REFUSED],
        ReferralState.AGREED: [ReferralState.OPENED],
        ReferralState.REFUSED: [],
        ReferralState.OPENED: [ReferralState.FINISHED, ReferralState.RETRACTED],
        ReferralState.FINISHED: [],
        ReferralState.RETRACTED: [],
    },
)


class Referral(Row):
    """One referral of one case. ``document`` is what is submitted, exactly; ``outside_id`` theirs.

    ``with_files`` is what the proposer asked for; files leave only where the setting allows it too.
    ``keep_until`` is how long the law wants it kept.
    """

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="referrals")
    plugin = models.CharField(max_length=40)
    document = models.TextField()
    sha256 = models.CharField(max_length=64)
    with_files = models.BooleanField(default=False)
    reason = models.TextField(max_length=2_000)
    reason_salt = models.CharField(max_length=64)
    state = models.CharField(max_length=10, choices=[(s, s) for s in ReferralState])
    proposer = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    second = models.ForeignKey(
        Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    agreed_at = models.DateTimeField(null=True, blank=True)
    outside_id = models.CharField(max_length=80, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    keep_until = models.DateField(null=True, blank=True)

    class Meta:
        db_table = "contests_referral"
        ordering = ["-proposed_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(second=None) | ~Q(second=F("proposer")), name="referred_by_two"
            ),
            models.CheckConstraint(
                condition=Q(state="proposed", second=None)
                | (~Q(state="proposed") & Q(second__isnull=False)),
                name="referral_needs_second",
            ),
            models.UniqueConstraint(
                fields=["case", "plugin"],
                condition=Q(state__in=["proposed", "agreed", "opened"]),
                name="one_referral_under_way",
            ),
        ]


class ReferralStep(Row):
    """One exchange with the outside body: never changed."""

    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="steps")
    name = models.CharField(max_length=12)
    ok = models.BooleanField()
    status = models.PositiveSmallIntegerField(null=True, blank=True)
    answer = models.TextField(blank=True)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        db_table = "contests_referral_step"
        ordering = ["at"]
