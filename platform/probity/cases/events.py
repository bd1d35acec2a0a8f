from probity.audit.registry import register

register("case.opened", "A case was opened.", "case", "number", "category", "places")
register(
    "report.received",
    "A report was received.",
    "report", "channel", "explanation", "depicted", "contact", "url", "valid_request",
)  # fmt: skip
register(
    "report.joined",
    "A report of the very same file joined the case.",
    "report", "reports",
)  # fmt: skip
register("case.claimed", "A reviewer took the case.", "claim", "person", "until")
register("case.claim_extended", "The claim was extended.", "claim", "person", "until")
register("case.released", "The case went back to the queue.", "claim", "person", "why")
register("case.places", "The places of the case were corrected.", "was", "now")
register("case.state", "The case moved on.", "was", "now")
register(
    "request.valid",
    "A report had every element of a request that starts a statutory clock.",
    "report", "at",
)  # fmt: skip
register("clocks.set", "The running deadlines changed.", "started", "ended")
register("clock.warned", "A deadline came near.", "clock", "rule", "duty", "due")
register("clock.breached", "A deadline passed.", "clock", "rule", "duty", "due")
register(
    "case.demonstration", "The case was marked as a demonstration: nothing in it is real.",
    "demonstration",
)  # fmt: skip
register("case.demonstration_removed", "The demonstration was taken out of sight.", "demonstration")
register("report.erased", "What a report said of its sender was erased.", "report")
