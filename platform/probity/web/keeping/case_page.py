"""What a case must keep, and what somebody wants gone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from probity.accounts.actors import Actor
from probity.accounts.roles import Ability
from probity.bundles.models import Export
from probity.cases.models import Case, Report
from probity.evidence.models import Asset
from probity.keeping.models import (
    ErasureRequest,
    ErasureState,
    LegalHold,
    NoteReview,
    Requester,
)
from probity.keeping.selectors import erasures_of_case, holds_of_case, notes_of_case
from probity.web.triage.passing_page import Note

from .words import (
    GROUND_WORDS,
    HOLD_WORDS,
    REQUESTER_WORDS,
    STATE_ICONS,
    STATE_WORDS,
    covers,
    hold_sentence,
    outcome,
)


@dataclass(frozen=True)
class HoldLine:
    """One hold; ``told`` says whether this person may read why."""

    hold: LegalHold
    sentence: str
    told: bool


@dataclass(frozen=True)
class ErasureLine:
    """One request as it stands."""

    request: ErasureRequest
    who: str
    what: str
    state: str
    icon: str
    outcome: str
    kept: list[tuple[str, str]]

    @property
    def waits(self) -> bool:
        """Whether a person has to decide."""
        return self.request.state == ErasureState.ASKED


@dataclass(frozen=True)
class NoteLine(Note):
    """A note to look at: when it goes unless somebody keeps it."""

    review: NoteReview


@dataclass(frozen=True)
class KeepingPage:
    """A case's holds, files, requests, notes to look at, and the form that was sent with something
    wrong."""

    case: Case
    holds: list[HoldLine]
    requests: list[ErasureLine]
    notes: list[NoteLine]
    assets: list[Asset]
    reports: list[Report]
    recipients: list[str]
    may_hold: bool
    may_decide: bool
    may_enter: bool
    address: str = ""
    form: str = ""
    draft: Mapping[str, str] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)
    kinds: Mapping[str, str] = field(default_factory=lambda: HOLD_WORDS)
    grounds: Mapping[str, str] = field(default_factory=lambda: GROUND_WORDS)
    requesters: Mapping[str, str] = field(
        default_factory=lambda: {
            name: words for name, words in REQUESTER_WORDS.items() if name != Requester.REPORTER
        }
    )

    @property
    def held(self) -> list[HoldLine]:
        """Those that stand."""
        return [line for line in self.holds if line.hold.released_at is None]

    @property
    def over(self) -> list[HoldLine]:
        """Those that ended."""
        return [line for line in self.holds if line.hold.released_at]

    @property
    def live(self) -> list[Asset]:
        """The files that still are there."""
        return [asset for asset in self.assets if asset.destroyed_at is None]


def keeping_page(
    case: Case, *, actor: Actor, form: str = "", draft: Mapping[str, str] | None = None,
    errors: Mapping[str, str] | None = None, address: str = "",
) -> KeepingPage:  # fmt: skip
    """Gather it for the one who looks."""
    abilities = actor.abilities
    reviews = notes_of_case(case) if Ability.ERASURES_DECIDE in abilities else []
    told = bool(abilities & {Ability.HOLDS_MANAGE, Ability.AUDIT_READ})
    exports = Export.objects.filter(case=case, state="done").order_by("asked_at")
    return KeepingPage(
        case=case,
        holds=[HoldLine(row, hold_sentence(row), told) for row in holds_of_case(case)],
        requests=[erasure_line(row) for row in erasures_of_case(case)],
        notes=[NoteLine(row.note, row) for row in reviews],
        assets=[item.asset for item in case.items.select_related("asset")],
        reports=list(case.reports.all()),
        recipients=list(dict.fromkeys(export.recipient for export in exports)),
        may_hold=Ability.HOLDS_MANAGE in abilities,
        may_decide=Ability.ERASURES_DECIDE in abilities,
        may_enter=Ability.CASES_WORK in abilities,
        address=address,
        form=form,
        draft=draft or {},
        errors=errors or {},
    )


def erasure_line(row: ErasureRequest) -> ErasureLine:
    """One request in words."""
    state = ErasureState(row.state)
    return ErasureLine(
        request=row,
        who=REQUESTER_WORDS[Requester(row.requester)],
        what=covers(row),
        state=STATE_WORDS[state],
        icon=STATE_ICONS[state],
        outcome=outcome(row),
        kept=[(sha256, ", ".join(cases)) for sha256, cases in row.kept.items()],
    )
