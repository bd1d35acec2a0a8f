from probity.audit.registry import register

register(
    "bundle.requested",
    "A person asked for an evidence bundle of the case.",
    "export", "profile", "purpose", "recipient", "why",
)  # fmt: skip
register(
    "bundle.exported",
    "An evidence bundle of the case was made.",
    "export", "profile", "files", "bytes", "sha256", "redactions",
)  # fmt: skip
register("bundle.failed", "An evidence bundle could not be made.", "export", "why")
register("bundle.downloaded", "An evidence bundle was handed out.", "export", "sha256")
register(
    "counsel.link_made",
    "Outside counsel was given an address to read the case.",
    "link", "label", "expires",
)  # fmt: skip
register("counsel.link_revoked", "The address for outside counsel was closed.", "link")
register("counsel.viewed", "Outside counsel read the case.", "link", "page")
register("bundle.destroyed", "A stored evidence bundle was destroyed.", "export", "why")
