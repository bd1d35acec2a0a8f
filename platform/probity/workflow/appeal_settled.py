"""What follows for an appeal once the decision that it led to is settled."""

from __future__ import annotations

from probity.contests.appeals import appeal_close, ruling_falls
from probity.contests.misuse import manifests_withdraw
from probity.contests.models import AppealRuling
from probity.contests.words import Outcome
from probity.decisions.models import Decision

from .appeal_told import appeal_tell


def rulings_settled(*, decision: Decision, actor: str) -> None:
    """A decision took effect: close the appeal that led to it and tell its outcome."""
    ruling = AppealRuling.objects.filter(decision=decision, fell_at=None).first()
    if ruling:
        ruling_close(ruling, actor=actor)


def rulings_fall(*, decision: Decision, actor: str) -> None:
    """A decision was refused or undone: the appeal that led to it is open again."""
    ruling = AppealRuling.objects.filter(decision=decision, fell_at=None).first()
    if ruling:
        ruling_falls(ruling=ruling, actor=actor)


def ruling_close(ruling: AppealRuling, *, actor: str) -> None:
    """Close the appeal and tell its outcome; what was manifest because of a reversed decision is
    so no more."""
    appeal = appeal_close(appeal=ruling.appeal, actor=actor)
    if ruling.outcome == Outcome.REVERSED:
        manifests_withdraw(decision=appeal.decision, actor=actor)
    appeal_tell(appeal=appeal, ruling=ruling, actor=actor)
