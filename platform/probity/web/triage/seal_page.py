"""What a seal rests on, what it touched, whether and by whom it can be lifted, and what waits."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count

from probity.accounts.models import Person
from probity.cases.access import visible
from probity.cases.models import Case, EvidenceItem, WorkNote
from probity.evidence.lifting import lifted_by_one, lifts_open
from probity.evidence.models import Asset, Seal, SealCause, SealLift
from probity.evidence.seals import seals_of
from probity.web.language.later import later

CAUSE_WORDS = {
    SealCause.TICK: later("Whoever reported it ticked the box. Nobody has checked that."),
    SealCause.CATEGORY: later("It was reported in a category whose files are sealed at once."),
    SealCause.BESIDE: later("It came in a case, or with bytes, that were sealed already."),
    SealCause.SENDER: later("A trusted flagger or an authority said so."),
    SealCause.PERSON: later("Somebody here answers for it."),
}


@dataclass(frozen=True)
class LiftNote:
    """Who proposed to lift a seal and how they know; ``own`` where the reader did."""

    lift: SealLift
    reason: str
    own: bool


@dataclass(frozen=True)
class SealNote:
    """Of a sealed file why, in how many cases it lies, what was destroyed with it, and the proposal
    to lift the seal; of one whose seal was lifted who did it, and how often it was ticked since."""

    words: list[str]
    cases: int
    destroyed: int
    can_be_lifted: bool
    by_one: bool
    proposed: LiftNote | None
    lifted: Seal | None


@dataclass(frozen=True)
class LiftRow:
    """A proposal that waits, with what the seal rests on and the cases in which to answer it."""

    note: LiftNote
    words: list[str]
    cases: list[Case]


def seal_notes(assets: Sequence[Asset], *, person: Person) -> dict[str, SealNote]:
    """What there is to say of each of these files that is, or was, sealed."""
    seals = seals_of([asset.pk for asset in assets])
    if not seals:
        return {}
    rows = EvidenceItem.objects.filter(asset__in=seals).order_by().values_list("asset")
    cases = dict(rows.annotate(cases=Count("case", distinct=True)))
    proposed = _lift_notes(list(lifts_open(seals).values()), person=person)
    return {
        asset: _note(rows, cases.get(asset, 0), proposed.get(asset))
        for asset, rows in seals.items()
    }


def lifts_waiting(person: Person) -> list[LiftRow]:
    """Every proposal to lift the seal of a file in a case that this person sees, oldest first."""
    items = EvidenceItem.objects.filter(
        visible(person, through="case"), asset__lifts__outcome="", case__removed_at=None
    )
    cases: dict[str, list[Case]] = defaultdict(list)
    for item in items.select_related("case").order_by("case__opened_at"):
        cases[item.asset_id].append(item.case)
    seals = seals_of(cases)
    notes = _lift_notes(list(lifts_open(cases).values()), person=person)
    rows = [
        LiftRow(note, _words(_standing(seals[asset])), cases[asset])
        for asset, note in notes.items()
    ]
    return sorted(rows, key=lambda row: row.note.lift.at)


def _lift_notes(lifts: Sequence[SealLift], *, person: Person) -> dict[str, LiftNote]:
    """Proposals by file, with the words of whoever made them; none where those were erased."""
    words = dict(
        WorkNote.objects.filter(pk__in=[lift.note for lift in lifts]).values_list("pk", "text")
    )
    return {
        lift.asset_id: LiftNote(lift, words.get(lift.note, ""), lift.person_id == person.pk)
        for lift in lifts
    }


def _standing(seals: Sequence[Seal]) -> list[Seal]:
    return [seal for seal in seals if seal.lifted_at is None]


def _words(seals: Sequence[Seal]) -> list[str]:
    return [CAUSE_WORDS[SealCause(seal.cause)] for seal in seals]


def _note(seals: list[Seal], cases: int, proposed: LiftNote | None) -> SealNote:
    standing = _standing(seals)
    over = [seal for seal in seals if seal.lifted_at is not None]
    return SealNote(
        words=_words(standing),
        cases=cases,
        destroyed=sum(seal.destroyed for seal in standing),
        can_be_lifted=bool(standing) and not any(seal.proved for seal in standing),
        by_one=lifted_by_one(standing),
        proposed=proposed,
        lifted=over[-1] if over and not standing else None,
    )
