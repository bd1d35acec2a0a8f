"""Our verdict over the library's state: pure, from plain facts, with a reason for every change.

The library says Invalid, Valid or Trusted under one set of anchors. We judge identity apart, walk
the ingredients, match allowed leaves, look at what the signer's certificate was made for, and keep
time-stamp anchors from vouching for signers.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

INVALID, VALID, TRUSTED = "invalid", "valid", "trusted"
NONE = "none"
_ORDER = {INVALID: 0, VALID: 1, TRUSTED: 2}


@dataclass(frozen=True, kw_only=True)
class ListFacts:
    """What is known under one list.

    ``state`` and ``without_identity`` are the library's states with and without decoding CAWG
    identity (the latter None when it was not needed). ``anchored``: the signer's chain leads to one
    of the list's signer anchors, judged by us; None when the chain could not be read.
    ``allowed``: the leaf itself stands on the list.
    """

    state: str
    without_identity: str | None = None
    anchored: bool | None = None
    allowed: bool = False


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What is known apart from lists.

    ``may_sign``: the leaf was made for signing content; None when it could not be read.
    ``only_expired``: the certificate's expiry is the only thing that breaks the active manifest.
    ``good_that_day``: under ``as_of``, whether leaf and (if it leads to the list) chain were valid
    on that day, or a validated time-stamp shows that it was signed in time; None without a date.
    """

    broken_ingredients: int = 0
    may_sign: bool | None = None
    purpose: str = ""
    only_expired: bool = False
    good_that_day: bool | None = None


@dataclass(frozen=True, kw_only=True)
class Reason:
    """Why our verdict is what it is: a rule's name, the list it was applied under, a sentence."""

    rule: str
    sentence: str
    list_name: str | None = None

    def to_dict(self) -> dict[str, str | None]:
        """The members."""
        return {"rule": self.rule, "list": self.list_name, "sentence": self.sentence}


@dataclass(frozen=True, kw_only=True)
class Judgement:
    """The verdict (the best under any list), the same under each list, and the reasons."""

    verdict: str
    by_list: Mapping[str, str]
    trusted_by: tuple[str, ...]
    reasons: tuple[Reason, ...]


def judge(lists: Mapping[str, ListFacts], facts: Facts) -> Judgement:
    """Apply the rules to each list; ``lists`` may hold one nameless entry when none is here."""
    reasons: list[Reason] = []
    verdicts: dict[str, str] = {}
    for name, known in lists.items():
        verdict = _under(name, known, facts, reasons)
        verdicts[name] = verdict
    verdicts = _apply_general(verdicts, facts, reasons)
    trusted = tuple(name for name, verdict in verdicts.items() if verdict == TRUSTED)
    best = max(verdicts.values(), key=_ORDER.__getitem__, default=NONE)
    return Judgement(
        verdict=best,
        by_list={name: verdict for name, verdict in verdicts.items() if name},
        trusted_by=trusted,
        reasons=tuple(reasons),
    )


def _under(name: str, known: ListFacts, facts: Facts, reasons: list[Reason]) -> str:
    state = known.state.lower()
    apart = (known.without_identity or known.state).lower()
    if _ORDER[apart] > _ORDER[state]:
        state = apart
        reasons.append(
            Reason(
                rule="identity-apart",
                list_name=name or None,
                sentence="The identity claim inside the credentials did not pass or could not be "
                "checked here; the signature over the file is judged without it.",
            )
        )
    state = _on_that_day(name, state, known, facts, reasons)
    if state == TRUSTED and not known.anchored:
        state = VALID
        reasons.append(_not_anchored(name, known))
    if state == VALID and known.allowed:
        state = TRUSTED
        reasons.append(
            Reason(
                rule="allowed-leaf",
                list_name=name or None,
                sentence="The signer's own certificate stands on this list.",
            )
        )
    return state


def _on_that_day(
    name: str, state: str, known: ListFacts, facts: Facts, reasons: list[Reason]
) -> str:
    """With a date to judge by: put that day's clock in place of the library's."""
    if facts.good_that_day is None:
        return state
    if state == INVALID and facts.only_expired and facts.good_that_day:
        reasons.append(
            Reason(
                rule="not-yet-expired-that-day",
                list_name=name or None,
                sentence="The signer's certificate has expired since, but was valid on that day.",
            )
        )
        return TRUSTED if known.anchored else VALID
    if state != INVALID and not facts.good_that_day:
        reasons.append(
            Reason(
                rule="not-valid-that-day",
                list_name=name or None,
                sentence="On that day the signer's certificate was not valid.",
            )
        )
        return INVALID
    return state


def _not_anchored(name: str, known: ListFacts) -> Reason:
    if known.anchored is None:
        return Reason(
            rule="chain-unreadable",
            list_name=name or None,
            sentence="The signer's certificates could not be read again for an own check, so the "
            "library's trust is not taken over.",
        )
    return Reason(
        rule="not-a-signer-anchor",
        list_name=name or None,
        sentence="The signer's certificate leads to an anchor that is trusted for time-stamps "
        "only, which makes nobody a trusted signer.",
    )


def _apply_general(verdicts: dict[str, str], facts: Facts, reasons: list[Reason]) -> dict[str, str]:
    """What holds whatever the list."""
    if all(verdict == INVALID for verdict in verdicts.values()):
        return verdicts
    broken = False
    if facts.may_sign is False:
        broken = True
        reasons.append(
            Reason(
                rule="signer-purpose",
                sentence="The signer's certificate was made for "
                f"{facts.purpose or 'another purpose'}, not for signing content.",
            )
        )
    if facts.broken_ingredients:
        broken = True
        reasons.append(
            Reason(
                rule="broken-ingredient",
                sentence="The last signature is good, but something that this file was made from "
                "does not match its own credentials.",
            )
        )
    return dict.fromkeys(verdicts, INVALID) if broken else verdicts
