"""Reading copies and golden cases, and what people may know of them."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Q, QuerySet

from probity.accounts.models import Person
from probity.cases.access import visible
from probity.cases.models import TRIAL, Case
from probity.core.errors import NotFound
from probity.decisions.models import Approval, Decision

from .models import Golden, SamplingRate, Trial, TrialKind


def trial_of(case: Case) -> Trial | None:
    """The copy that a case is; None for every other case, without a query."""
    if not case.is_trial:
        return None
    return Trial.objects.select_related("golden", "source", "decider").filter(case=case).first()


def trial_source(case: Case) -> UUID | None:
    """The case that this one is a copy of."""
    found = trial_of(case)
    return found.source_id if found else None


def strangers_not(trial: Trial) -> set[UUID]:
    """Everybody who knows an answer already: who decided or approved, who marked it golden."""
    known = {trial.decider_id}
    known |= set(Decision.objects.filter(case=trial.source_id).values_list("person", flat=True))
    agreed = Approval.objects.filter(decision__case=trial.source_id)
    known |= set(agreed.values_list("person", flat=True))
    return known | ({trial.golden.person_id} if trial.golden else set())


def told_of(case: Case, person: Person) -> Trial | None:
    """What one may know of a copy: that it was one, once they have decided it themselves."""
    found = trial_of(case)
    return found if found and found.answered_at and found.person_id == person.pk else None


def like_any_other(person: Person | None) -> Q:
    """Decisions that a list shows somebody without telling which case is a copy.

    While a copy's decision can still be undone or waits for a second person it is there like every
    other, for everybody. Once it counts, the copy says of itself that it was one: then it stays for
    whoever took it, and leaves the lists of the others, as its case leaves their figures.
    """
    secret = Q(case__trial__answered_at=None, case__trial__withdrawn_at=None)
    own = Q(person=person) if person else Q(pk=None)
    return Q(case__demonstration="") | Q(case__demonstration__startswith=TRIAL) & (secret | own)


def trials_of(person: Person) -> QuerySet[Trial]:
    """What a person decided unawares, the latest first."""
    rows = Trial.objects.filter(person=person).select_related("case", "golden", "decision")
    return rows.select_related("ruling", "source_decision").order_by("-answered_at")


def ruled_about(person: Person) -> QuerySet[Trial]:
    """Decisions of a person that a second review differed from and a lead ruled on."""
    rows = Trial.objects.filter(decider=person, kind=TrialKind.SECOND, ruling__isnull=False)
    rows = rows.select_related("source", "ruling", "source_decision", "decision")
    return rows.order_by("-ruling__at")


def trials_open(person: Person | None) -> QuerySet[Trial]:
    """Copies that wait for an answer, the first one first."""
    return _seen(person).filter(answered_at=None, withdrawn_at=None).order_by("made_at")


def differences_open(person: Person | None) -> QuerySet[Trial]:
    """Second reviews that differ and wait for a lead, the first one first."""
    rows = _seen(person).filter(kind=TrialKind.SECOND, agrees=False, ruling=None)
    return rows.order_by("answered_at")


def trial_find(trial_id: UUID, *, person: Person | None) -> Trial:
    """A copy by its id, if they may see what it is a copy of; raises NotFound."""
    found = _seen(person).filter(pk=trial_id).first()
    if found is None:
        raise NotFound("There is no copy with this id.")
    return found


def goldens(person: Person | None) -> QuerySet[Golden]:
    """Golden cases in use, the latest first."""
    rows = Golden.objects.filter(visible(person, through="source"), retired_at=None)
    return rows.select_related("source__queue", "decision", "person").order_by("-at")


def golden_find(golden_id: UUID, *, person: Person | None) -> Golden:
    """A golden case in use by its id; raises NotFound."""
    found = goldens(person).filter(pk=golden_id).first()
    if found is None:
        raise NotFound("There is no golden case with this id.")
    return found


def rates_now() -> list[SamplingRate]:
    """The rates in use: the latest of each kind and scope, all but those set to nothing."""
    rows = SamplingRate.objects.select_related("queue", "person")
    latest = rows.order_by("kind", "queue_id", "category", "-at").distinct(
        "kind", "queue_id", "category"
    )
    return [row for row in latest if row.per_mille]


def rate_for(kind: TrialKind, case: Case) -> SamplingRate | None:
    """The rate of the narrowest scope that a case falls into; None where none was ever set."""
    scope = Q(queue=case.queue_id) | Q(queue=None)
    rows = SamplingRate.objects.filter(scope, kind=kind, category__in=[case.category, ""])
    latest = list(rows.order_by("queue_id", "category", "-at").distinct("queue_id", "category"))
    return max(latest, key=lambda row: (row.queue_id is not None, bool(row.category)), default=None)


def _seen(person: Person | None) -> QuerySet[Trial]:
    rows = Trial.objects.filter(visible(person, through="source"))
    return rows.select_related(
        "case", "source__queue", "golden", "decision", "source_decision", "person", "decider"
    )
