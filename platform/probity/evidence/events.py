from probity.audit.registry import register

register(
    "asset.received", "A file was received and preserved.", "asset", "bytes", "media_type", "known"
)
register("asset.viewed", "Someone revealed the media.", "asset", "derivative")
register("asset.sealed", "The asset was sealed.", "asset", "why", "derivatives_destroyed")
register(
    "asset.destroyed",
    "The file and everything made from it were destroyed.",
    "asset", "why", "derivatives_destroyed",
)  # fmt: skip
register(
    "asset.fixity_failed", "A stored original is no longer what was received.", "asset", "found"
)
