"""What is due for another look: sources read long ago, statutes about to start or to end."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from policy.api import LegalState, Pack, Rule

AHEAD = timedelta(days=90)
_WORDS = {
    LegalState.IN_FORCE: "takes effect",
    LegalState.SUNSET: "expires",
    LegalState.PENDING: "is put off",
    LegalState.ENJOINED: "is stopped by a court",
    LegalState.STRUCK_DOWN: "is struck down",
    LegalState.SUPERSEDED: "is replaced",
    LegalState.DISPUTED: "becomes disputed",
}
#: What is said of rules, for translators and for `languages`, which reads it back.
FRAMES = (
    "Its sources were last read on {day}; another look was due on {due_day}.",
    "It {change} on {day}, in {count} day.",
    "It {change} on {day}, in {count} days.",
    *_WORDS.values(),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """One thing to look at; `kind` is review (past its date) or change (a coming state)."""

    pack: str
    rule: str
    title: str
    kind: str
    on: date
    sentence: str

    def to_dict(self) -> dict[str, Any]:
        return {
            "pack": self.pack,
            "rule": self.rule,
            "title": self.title,
            "kind": self.kind,
            "on": self.on.isoformat(),
            "sentence": self.sentence,
        }


def stale(packs: Iterable[Pack], *, at: date, ahead: timedelta = AHEAD) -> tuple[Due, ...]:
    """Rules whose review date has come by `at`, and state changes within `ahead` of it."""
    found = [due for pack in packs for rule in pack.rules for due in _of(pack, rule, at, ahead)]
    return tuple(sorted(found, key=lambda due: (due.on, due.rule, due.kind)))


def _of(pack: Pack, rule: Rule, at: date, ahead: timedelta) -> Iterator[Due]:
    if rule.review_due <= at:
        read = rule.citation.read_on
        yield Due(
            pack=pack.id, rule=rule.id, title=rule.title, kind="review", on=rule.review_due,
            sentence=f"Its sources were last read on {read}; another look was due on "
            f"{rule.review_due}.",
        )  # fmt: skip
    for change in rule.timeline:
        if at < change.start <= at + ahead:
            days = (change.start - at).days
            yield Due(
                pack=pack.id, rule=rule.id, title=rule.title, kind="change", on=change.start,
                sentence=f"It {_WORDS[change.state]} on {change.start}, in {days} "
                f"day{'' if days == 1 else 's'}.",
            )  # fmt: skip
