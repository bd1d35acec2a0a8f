"""The case page's part on referrals: what was handed to an outside body, and what comes next."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from django.conf import settings

from probity.accounts.models import Person
from probity.accounts.roles import Ability, Role
from probity.cases.models import Case
from probity.contests.referral_models import Referral, ReferralState
from probity.contests.referrals.plugins import installed, titles
from probity.contests.selectors import referrals_of
from probity.web.language.later import later

STATE_WORDS = {
    ReferralState.PROPOSED: later("Waits for a second person"),
    ReferralState.AGREED: later("Agreed to; nothing has been sent yet"),
    ReferralState.REFUSED: later("Refused by the second person; nothing was sent"),
    ReferralState.OPENED: later("A report is open there; it is not finished"),
    ReferralState.FINISHED: later("Finished there"),
    ReferralState.RETRACTED: later("Taken back there"),
}
STEP_WORDS = {
    "submit": later("Send the report"),
    "upload": later("Send a file"),
    "files": later("Send the files"),
    "finish": later("Finish the report"),
    "retract": later("Take the report back"),
}
#: What can be called in which state, in the order in which it is offered.
STEPS = {
    ReferralState.AGREED: ["submit"],
    ReferralState.OPENED: ["files", "finish", "retract"],
}


@dataclass(frozen=True)
class Line:
    """One referral. ``offered`` maps the steps that can be taken now to their words; ``mine``: this
    person proposed it, so somebody else answers."""

    row: Referral
    to: str
    state: str
    mine: bool
    waits: bool
    offered: dict[str, str]
    done: list[tuple[str, str, bool]]


class Advice(StrEnum):
    """What somebody is told who cannot refer here: how to switch a plug-in on, whom to ask for
    that, or who may refer."""

    SWITCH = "switch"
    ASK = "ask"
    OTHERS = "others"


@dataclass(frozen=True)
class Referrals:
    """The part; only advice for whoever may not refer. ``installed`` are the plug-ins' names."""

    case: Case
    lines: list[Line] = field(default_factory=list)
    bodies: dict[str, str] = field(default_factory=dict)
    files: bool = False
    advice: Advice | None = None
    installed: list[str] = field(default_factory=list)


def case_referrals(case: Case, person: Person) -> Referrals:
    """Gather it; one query for whoever may refer, none for anybody else."""
    if Ability.REFERRALS_SUBMIT not in person.abilities:
        works = Ability.CASES_WORK in person.abilities and not case.demonstration
        return Referrals(case, advice=Advice.OTHERS if works else None)
    known = titles()
    rows = list(referrals_of(case))
    under_way = {row.plugin for row in rows if row.ended_at is None}
    bodies = {name: title for name, title in known.items() if name not in under_way}
    return Referrals(
        case=case,
        lines=[_line(row, person, known) for row in rows],
        bodies={} if case.demonstration else bodies,
        files=settings.NCMEC_UPLOAD,
        advice=None if known or case.demonstration else _advice(person),
        installed=sorted(installed()),
    )


def _advice(person: Person) -> Advice:
    """With no plug-in on: whoever runs the service can change that, the others ask them."""
    return Advice.SWITCH if Role.ADMINISTRATOR in person.roles else Advice.ASK


def _line(row: Referral, person: Person, known: dict[str, str]) -> Line:
    state = ReferralState(row.state)
    names = STEPS.get(state, []) if row.plugin in known else []
    return Line(
        row=row,
        to=known.get(row.plugin, row.plugin),
        state=STATE_WORDS[state],
        mine=row.proposer_id == person.pk,
        waits=state == ReferralState.PROPOSED,
        offered={name: STEP_WORDS[name] for name in names if name != "files" or row.with_files},
        done=[(STEP_WORDS.get(one.name, one.name), one.answer, one.ok) for one in row.steps.all()],
    )
