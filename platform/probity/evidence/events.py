from probity.audit.registry import register

register(
    "asset.received", "A file was received and preserved.", "asset", "bytes", "media_type", "known"
)
register("asset.viewed", "Someone revealed the media.", "asset", "derivative")
register("asset.sealed", "The asset was sealed.", "asset", "why", "derivatives_destroyed")
register(
    "asset.unsealed",
    "A seal that rested on an unproved word was lifted.",
    "asset", "seals", "lift",
)  # fmt: skip
register(
    "asset.lift_proposed",
    "Somebody proposed to lift a seal; it stays until a second person agrees.",
    "asset", "lift", "note",
)  # fmt: skip
register(
    "asset.lift_settled",
    "A proposal to lift a seal was agreed to, refused, withdrawn or overtaken.",
    "asset", "lift", "outcome", "note",
)  # fmt: skip
register(
    "asset.seal_passed_over",
    "Somebody ticked that a file may show a minor whose seal a person had lifted: it stays open.",
    "asset", "seal",
)  # fmt: skip
register(
    "asset.destroyed",
    "The file and everything made from it were destroyed.",
    "asset", "why", "derivatives_destroyed",
)  # fmt: skip
register(
    "asset.fixity_failed", "A stored original is no longer what was received.", "asset", "found"
)
