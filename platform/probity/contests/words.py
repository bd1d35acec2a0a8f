"""What a contest may be about and how it may end, in plain words."""

from __future__ import annotations

from enum import StrEnum


class Side(StrEnum):
    """Who contests: the one who uploaded, or one who reported."""

    UPLOADER = "uploader"
    REPORTER = "reporter"


class Kind(StrEnum):
    """An appeal is an internal complaint (DSA art. 20); a counter-notice answers a removal."""

    APPEAL = "appeal"
    COUNTER_NOTICE = "counter_notice"


class Ground(StrEnum):
    """Why the decision is contested."""

    NOT_WHAT_IT_SAYS = "not_what_it_says"
    CONSENT = "consent"
    LABELLED = "labelled"
    SATIRE = "satire"
    NEWS = "news"
    OWN_WORK = "own_work"
    RIGHTS = "rights"
    WRONG_RULE = "wrong_rule"
    TOO_HARD = "too_hard"
    OVERLOOKED = "overlooked"
    STILL_THERE = "still_there"
    OTHER = "other"


GROUND_WORDS = {
    Ground.NOT_WHAT_IT_SAYS: "The media does not show what was said of it",
    Ground.CONSENT: "Everybody shown agreed to it",
    Ground.LABELLED: "It was clearly labelled as made or altered",
    Ground.SATIRE: "It is satire, parody or art, and can be seen to be",
    Ground.NEWS: "It is news, research or education about such media",
    Ground.OWN_WORK: "It is an authentic recording, or my own work",
    Ground.RIGHTS: "I hold the rights, or have permission to use it",
    Ground.WRONG_RULE: "The rule that was applied does not fit",
    Ground.TOO_HARD: "The measure goes further than it had to",
    Ground.OVERLOOKED: "Something in my report was overlooked",
    Ground.STILL_THERE: "It is still there, or a copy of it is",
    Ground.OTHER: "Something else",
}
#: What each side may give as its ground, by kind of contest.
GROUNDS = {
    (Side.UPLOADER, Kind.APPEAL): [
        Ground.NOT_WHAT_IT_SAYS, Ground.OWN_WORK, Ground.CONSENT, Ground.LABELLED, Ground.SATIRE,
        Ground.NEWS, Ground.RIGHTS, Ground.WRONG_RULE, Ground.TOO_HARD, Ground.OTHER,
    ],
    (Side.UPLOADER, Kind.COUNTER_NOTICE): [
        Ground.NOT_WHAT_IT_SAYS, Ground.OWN_WORK, Ground.CONSENT, Ground.RIGHTS, Ground.SATIRE,
        Ground.NEWS,
    ],
    (Side.REPORTER, Kind.APPEAL): [
        Ground.OVERLOOKED, Ground.WRONG_RULE, Ground.STILL_THERE, Ground.OTHER,
    ],
}  # fmt: skip


class Outcome(StrEnum):
    """What became of a contest."""

    UPHELD = "upheld"
    REVERSED = "reversed"
    CHANGED = "changed"


OUTCOME_WORDS = {
    Outcome.UPHELD: "The decision stands.",
    Outcome.REVERSED: "The decision was reversed.",
    Outcome.CHANGED: "The decision was changed.",
}


class Misuse(StrEnum):
    """What a person found to be manifest, beyond any doubt (DSA art. 23(1) and (2))."""

    ILLEGAL_CONTENT = "illegal_content"
    UNFOUNDED_NOTICE = "unfounded_notice"
    UNFOUNDED_APPEAL = "unfounded_appeal"


MISUSE_WORDS = {
    Misuse.ILLEGAL_CONTENT: "Manifestly illegal content was uploaded",
    Misuse.UNFOUNDED_NOTICE: "The report was manifestly unfounded",
    Misuse.UNFOUNDED_APPEAL: "The appeal was manifestly unfounded",
}
