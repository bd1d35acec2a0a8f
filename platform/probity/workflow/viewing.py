"""Looking at media goes on the record each time, and counts against the looker's day."""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum
from uuid import UUID

from django.db import transaction

from probity.accounts.actors import Actor
from probity.accounts.roles import Ability
from probity.analysis.selectors import shows_finding
from probity.care.exposure import seconds_of, severity_of
from probity.care.models import Severity
from probity.care.services import exposure_check, exposure_note
from probity.cases.claims import case_release
from probity.cases.handing import case_skip
from probity.cases.models import Case
from probity.cases.selectors import claim_live
from probity.core.clock import now
from probity.core.errors import NotAllowed, NotFound
from probity.evidence.models import CustodyAction, Derivative
from probity.evidence.services import view_record
from probity.matching.models import BankKind, Match

#: A player asks for a clip in many pieces, and a page may be drawn anew: one sitting is one view.
SITTING = timedelta(minutes=5)
#: What may leave at all: what the child encoded anew, as a picture, a clip or a recording.
TYPES = frozenset({"image/png", "image/jpeg", "video/mp4", "audio/mp4"})
WAVEFORMS = frozenset({("audio", "waveform"), ("video", "waveform")})
HANDED_ON = "Given back: the day's limit for looking at media of this kind was reached."


class Step(StrEnum):
    """What somebody goes on to, after the first reveal."""

    COLOUR = "colour"
    SOUND = "sound"


STEP_WORDS = {Step.COLOUR: "in colour", Step.SOUND: "with sound"}


def needs_reveal(derivative: Derivative) -> bool:
    """Whether a derivative shows the media: all do but the blurred, the waveform and diagrams."""
    if derivative.concealed or shows_finding(derivative):
        return False
    return (derivative.asset.kind, derivative.name) not in WAVEFORMS


def case_severity(case: UUID) -> Severity:
    """How hard the media of a case is likely to be to look at."""
    found = Case.objects.get(pk=case)
    files = found.items.values("asset")
    return severity_of(
        category=found.category,
        known=Match.objects.filter(entry__bank__kind=BankKind.KNOWN, asset__in=files).exists(),
        sealed=found.items.filter(asset__sealed_at__isnull=False).exists(),
    )


def look_check(*, case: UUID, actor: Actor, confirmed: bool) -> None:
    """Raise ExposureSpent where the person's day holds no more of this, unless they insisted."""
    person = actor.require_person(Ability.CASES_READ)
    exposure_check(person=person, severity=case_severity(case), confirmed=confirmed)


def look_record(*, case: UUID, derivative: Derivative, actor: Actor, step: str = "") -> None:
    """Write a look into custody and log; a sitting that was counted already counts once."""
    person = actor.require_person(Ability.CASES_READ)
    counted = _seen_lately(case=case, derivative=derivative, actor=actor)
    view_record(derivative=derivative, actor=actor.name, case=case, step=step)
    if not counted:
        exposure_note(person=person, severity=case_severity(case), seconds=seconds_of(derivative))


@transaction.atomic
def media_watch(*, case: UUID, derivative: Derivative, actor: Actor) -> bool:
    """Write down that unconcealed media is served, once a sitting; whether it was written now."""
    actor.require_person(Ability.CASES_READ)
    if _seen_lately(case=case, derivative=derivative, actor=actor):
        return False
    Case.objects.select_for_update().get(pk=case)
    look_record(case=case, derivative=derivative, actor=actor)
    return True


def copy_require(*, case: Case, derivative: Derivative, actor: Actor) -> None:
    """Let a program have a copy: what conceals, or what its person revealed within the sitting.

    A program has no session in which a reveal could be remembered, so each lasts for one sitting;
    the next one is a new look. Raises NotAllowed while it is concealed, NotFound for what the case
    has not.
    """
    actor.require_person(Ability.CASES_READ)
    if derivative.media_type not in TYPES:
        raise NotFound("There is no such picture or clip.")
    if needs_reveal(derivative):
        if not _seen_lately(case=case.pk, derivative=derivative, actor=actor):
            raise NotAllowed("This is concealed. Reveal it first.")
    elif not case.items.filter(asset=derivative.asset_id).exists():
        raise NotFound("This case has no such file.")


@transaction.atomic
def media_step(*, case: Case, derivative: Derivative, step: Step, actor: Actor) -> None:
    """Record that a person goes on to colour or sound; raises NotAllowed before the first reveal.

    It needs no further budget: the sitting is counted once, however much of it is shown.
    """
    actor.require_person(Ability.CASES_READ)
    Case.objects.select_for_update().get(pk=case.pk)
    first = derivative.asset.custody.filter(
        action=CustodyAction.VIEWED, actor=actor.name, tool=derivative.name, case=case.pk
    )
    if not first.exists():
        raise NotAllowed("This is concealed. Reveal it first.")
    look_record(case=case.pk, derivative=derivative, actor=actor, step=STEP_WORDS[step])


@transaction.atomic
def case_hand_on(*, case: Case, actor: Actor) -> bool:
    """Give a case back, with the reason, when a person's day holds no more of it; whether they
    held it. Their own "take the next" leaves it out; its clocks run on and the next person gets
    it in its place."""
    person = actor.require_person(Ability.CASES_READ)
    if Ability.CASES_WORK not in actor.abilities:
        return False
    claim = claim_live(case)
    if claim is None or claim.person_id != person.pk:
        return False
    case_release(case=case, actor=actor, reason=HANDED_ON)
    case_skip(case=case, actor=actor)
    return True


def _seen_lately(*, case: UUID, derivative: Derivative, actor: Actor) -> bool:
    """Whether this actor looked at this very copy within the sitting."""
    return derivative.asset.custody.filter(
        action=CustodyAction.VIEWED, actor=actor.name, tool=derivative.name, case=case,
        at__gt=now() - SITTING,
    ).exists()  # fmt: skip
