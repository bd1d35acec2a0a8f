"""What somebody sends who contests a decision, and whether it can be taken in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from probity.cases.models import Report
from probity.core.clock import now
from probity.core.errors import Conflict, InvalidInput
from probity.decisions.models import Action, Decision, DecisionState
from probity.notices.models import Party
from probity.notices.selectors import appeal_until

from .words import GROUND_WORDS, GROUNDS, Ground, Kind, Side

WORDS_MAX = 10_000
#: DSA art. 20(1): at least six months from the day one is told; no six months have more days.
OPEN_DAYS = 184
NO_COUNTER_NOTICE = (
    "This was removed under the TAKE IT DOWN Act, which knows no counter-notice: the law gives the "
    "person shown the last word on their own image. You can still appeal instead; somebody who did "
    "not decide looks at it. If you believe that the request was false, you can go to a court."
)
TAKE_IT_DOWN = "us-tida-notice-removal"


@dataclass(frozen=True)
class Asking:
    """A checked appeal or counter-notice."""

    side: Side
    kind: Kind
    ground: Ground
    words: str
    email: str = ""
    signature: str = ""
    language: str = ""


def asking_read(data: Mapping[str, object], *, side: Side) -> Asking:
    """Check raw fields: kind, ground, words, email, signature, good_faith, language.

    A counter-notice needs a signature and a statement in good faith. Raises InvalidInput.
    """
    wrong: dict[str, str] = {}
    given = {
        name: _text(data.get(name), name, wrong)
        for name in ("kind", "ground", "words", "email", "signature", "language")
    }
    kind = Kind(given["kind"]) if given["kind"] in set(Kind) else Kind.APPEAL
    if given["kind"] and given["kind"] not in set(Kind):
        wrong["kind"] = f"Choose {' or '.join(Kind)}."
    grounds = GROUNDS.get((side, kind), [])
    if not grounds:
        wrong["kind"] = "Only whoever uploaded something can send a counter-notice. Appeal instead."
    elif given["ground"] not in grounds:
        wrong["ground"] = "Choose why: " + "; ".join(
            f"{ground} ({GROUND_WORDS[ground]})" for ground in grounds
        )
    wrong |= _texts(given)
    if kind == Kind.COUNTER_NOTICE:
        wrong |= _counter_notice(given["signature"], data.get("good_faith"))
    if wrong:
        raise InvalidInput.of(wrong)
    return Asking(
        side=side, kind=kind, ground=Ground(given["ground"]), words=given["words"],
        email=given["email"], signature=given["signature"], language=given["language"],
    )  # fmt: skip


def asking_check(asking: Asking, *, decision: Decision, report: Report | None) -> None:
    """Raise Conflict where this decision cannot be contested so, now, by this side."""
    standing = decision.standing.state
    if standing == DecisionState.SUPERSEDED:
        raise Conflict("This decision was replaced by a newer one. Contest that one instead.")
    if standing != DecisionState.EFFECTIVE:
        raise Conflict("This decision has not taken effect yet, so there is nothing to contest.")
    if asking.kind == Kind.COUNTER_NOTICE:
        if TAKE_IT_DOWN in decision.rules:
            raise Conflict(NO_COUNTER_NOTICE)
        if decision.action not in {Action.REMOVE, Action.RESTRICT}:
            raise Conflict("A counter-notice answers a removal, and nothing is removed. Appeal.")
    until = open_until(decision, report=report)
    if until < now():
        raise Conflict(
            f"The time to contest this decision ended on {until:%d %B %Y}. You can still go to a "
            "court, and in the EU to a certified out-of-court settlement body."
        )
    asked = (
        decision.appeals.filter(report=report)
        if report
        else decision.appeals.filter(side=Side.UPLOADER)
    )
    if asked.exists():
        raise Conflict("You contested this decision already. One person looks at it; please wait.")


def open_until(decision: Decision, *, report: Report | None) -> datetime:
    """Until when this side may contest a decision: six months after it was told, after it took
    effect where no notice is kept."""
    side = Party.REPORTER if report else Party.UPLOADER
    taken = decision.standing.effective_at or decision.at
    least = taken + timedelta(days=OPEN_DAYS)
    return max(least, appeal_until(decision=decision, to=side, report=report) or least)


def kinds_open(*, side: Side, decision: Decision) -> list[Kind]:
    """What this side could send against this decision; a page offers nothing else."""
    counter = (
        side == Side.UPLOADER
        and decision.action in {Action.REMOVE, Action.RESTRICT}
        and TAKE_IT_DOWN not in decision.rules
    )
    return [Kind.APPEAL, Kind.COUNTER_NOTICE] if counter else [Kind.APPEAL]


def _texts(given: Mapping[str, str]) -> dict[str, str]:
    wrong: dict[str, str] = {}
    if not given["words"]:
        wrong["words"] = "Say in your own words what is wrong with the decision."
    if len(given["words"]) > WORDS_MAX:
        wrong["words"] = f"This is longer than {WORDS_MAX} characters; shorten it."
    if given["email"] and not _whole(given["email"]):
        wrong["email"] = "This is not a whole e-mail address; correct it or leave it out."
    if len(given["signature"]) > 200 or len(given["language"]) > 12:
        wrong["signature"] = "Name or language is too long; shorten it."
    return wrong


def _counter_notice(signature: str, good_faith: object) -> dict[str, str]:
    wrong: dict[str, str] = {}
    if not signature:
        wrong["signature"] = "A counter-notice is signed: type your full name."
    if good_faith not in (True, "true", "1", "yes", "on"):
        wrong["good_faith"] = "A counter-notice states in good faith that it was a mistake."
    return wrong


def _text(value: object, name: str, wrong: dict[str, str]) -> str:
    if value is None:
        return ""
    if not isinstance(value, str):
        wrong[name] = f"“{name}” must be text."
        return ""
    return value.replace("\x00", "").strip()


def _whole(address: str) -> bool:
    try:
        validate_email(address)
    except ValidationError:
        return False
    return True
