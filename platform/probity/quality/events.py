from probity.audit.registry import register

register(
    "quality.rate", "How many decisions are looked at a second time was set.",
    "rate", "kind", "queue", "category", "per_mille", "seed", "because",
)  # fmt: skip
register(
    "golden.marked", "A decided case was marked as golden, with the answers that are accepted.",
    "golden", "case", "decision", "actions", "facts", "why",
)  # fmt: skip
register("golden.retired", "A golden case is used no more.", "golden", "case")
register(
    "trial.opened", "A copy of a decided case entered the queue, to be decided anew unawares.",
    "trial", "case", "kind", "source", "decision", "golden", "rate", "draw",
)  # fmt: skip
register("trial.answered", "Somebody decided the copy.", "trial", "decision", "person", "agrees")
register("trial.withdrawn", "A copy was taken back undecided.", "trial", "why")
register(
    "trial.ruled", "A lead said which of two decisions was right.",
    "trial", "ruling", "right", "person", "note",
)  # fmt: skip
register(
    "case.trial", "The case was a copy, to see whether people decide alike; nothing left for it.",
    "trial", "kind", "source", "number", "why",
)  # fmt: skip
