from probity.audit.registry import register

register(
    "sender.registered",
    "A trusted flagger or an authority was entered.",
    "sender", "kind", "areas", "awarded_on",
)  # fmt: skip
register(
    "sender.changed", "What is kept of a trusted flagger or an authority was corrected.",
    "sender", "areas", "awarded_on",
)  # fmt: skip
register("sender.ended", "A trusted flagger or an authority lost its standing.", "sender", "on")
register(
    "sender.bound",
    "From now on, what this person or token reports comes from this organisation.",
    "sender", "person", "token",
)  # fmt: skip
register(
    "sender.unbound", "This person or token reports for the organisation no more.",
    "sender", "person", "token",
)  # fmt: skip
register("uploader.erased", "What was kept of an uploader was erased.", "uploader")
