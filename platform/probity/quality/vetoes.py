"""Nobody decides a copy whose answer they know, nor approves somebody else's decision of it."""

from __future__ import annotations

from probity.accounts.models import Person
from probity.cases.models import Case
from probity.core.errors import NotAllowed
from probity.decisions.models import Decision

from .selectors import strangers_not, trial_of

KNOWN = "You have worked on what this case is about before. Leave it to somebody else."


def claim_veto(asked: tuple[Case, Person]) -> None:
    """Raise NotAllowed for whoever decided or approved in the source, or marked it golden."""
    case, person = asked
    trial = trial_of(case)
    if trial and person.pk in strangers_not(trial):
        raise NotAllowed(KNOWN)


def approval_veto(asked: tuple[Decision, Person]) -> None:
    """The same for the second person that a decision of a copy needs."""
    decision, person = asked
    claim_veto((decision.case, person))
