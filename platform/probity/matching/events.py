from probity.audit.registry import register

register("signals.kept", "What a file is like was computed.", "asset", "signals")
register(
    "match.found",
    "A file was found to be like something known.",
    "match", "asset", "signal", "distance", "known", "entry", "bank", "retroactive",
)  # fmt: skip
register("match.answered", "A reviewer said whether a match is a copy.", "match", "accepted", "why")
register(
    "copies.searched",
    "The known copies of the case's files were looked for.",
    "search", "radius", "compared", "identical", "near",
)  # fmt: skip
register(
    "carry.proposed",
    "A person asked to carry the decision to known copies.",
    "carry", "decision", "action", "chosen", "left_out", "four_eyes",
)  # fmt: skip
register(
    "carry.ended",
    "Carrying the decision to known copies was agreed to or refused.",
    "carry", "outcome", "carried", "failed",
)  # fmt: skip
register(
    "carry.received",
    "The decision of another case was carried here, because its file is a known copy.",
    "carry", "from_case", "identical", "distance",
)  # fmt: skip
register("bank.opened", "A bank of known hashes was opened.", "bank", "kind", "share")
register("bank.changed", "A bank's share or expiry changed, or it was closed.", "bank", "changed")
register("bank.entry_added", "Hashes were added to a bank.", "bank", "entries", "digest")
register("bank.entry_removed", "A hash was taken out of a bank.", "bank", "entry")
register(
    "bank.entry_parked",
    "A hash that matched a flood of unrelated files was parked.",
    "bank", "entry", "matches",
)  # fmt: skip
register("bank.entry_cleared", "A parked hash was let in again.", "bank", "entry")
register("bank.exported", "A bank was handed out as a file.", "bank", "entries", "sha256")
