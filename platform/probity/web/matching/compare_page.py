"""Two pictures that a match calls alike: concealed until somebody chooses to look."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest

from probity.cases.models import Case
from probity.evidence.models import Asset, Derivative
from probity.evidence.selectors import derivatives_concealed
from probity.matching.models import Match, MatchAnswer, SignalKind
from probity.matching.selectors import answer_of, match_sentence
from probity.web.language.later import later
from probity.web.language.said import said_each
from probity.web.triage.revealed import is_revealed
from probity.workflow.case_compare import other_of, pair_find

SIGNAL_WORDS = {
    SignalKind.PDQ: later("looks of a picture (PDQ)"),
    SignalKind.VIDEO: later("looks of a film, second by second (PDQ)"),
    SignalKind.SOUND: "sound",
    SignalKind.SHA256: later("the bytes (SHA-256)"),
    SignalKind.MD5: later("the bytes (MD5)"),
}


@dataclass(frozen=True)
class ComparePage:
    """What the page shows; ``copy`` and ``known`` are None until they are revealed."""

    case: Case
    match: Match
    why: str
    other: Asset | None
    answer: MatchAnswer | None
    copy: Derivative | None
    known: Derivative | None
    concealed: list[Derivative]

    @property
    def signal_words(self) -> str:
        """How both were compared."""
        return SIGNAL_WORDS[SignalKind(self.match.signal)]

    @property
    def sealed(self) -> bool:
        """Whether one of both may not be opened."""
        return self.match.asset.sealed or bool(self.other and self.other.sealed)

    @property
    def comparable(self) -> bool:
        """Whether there are two pictures at all."""
        return self.other is not None and self.match.signal in {"pdq", "video"} and not self.sealed


def compare_page(request: HttpRequest, *, case: Case, match: Match) -> ComparePage:
    """Gather it."""
    other = other_of(match)
    pair = pair_find(match)
    shown = pair is not None and all(is_revealed(request, each) for each in pair)
    names = [match.asset_id, *([other.pk] if other else [])]
    blurred = derivatives_concealed(names)
    return ComparePage(
        case=case,
        match=match,
        why=said_each(match_sentence(match)),
        other=other,
        answer=answer_of(match),
        copy=pair[0] if pair and shown else None,
        known=pair[1] if pair and shown else None,
        concealed=[blurred[name] for name in names if name in blurred],
    )
