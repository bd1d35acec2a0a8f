from probity.audit.registry import register

register(
    "notice.sent",
    "A notice was written to somebody whom the case concerns.",
    "notice", "kind", "to", "way", "why", "language", "digest",
)  # fmt: skip
register("notice.withheld", "A notice was due and not sent.", "notice", "kind", "to", "why")
register("notice.forgotten", "The words of a notice were erased.", "notice")
register(
    "notice.hold_placed",
    "Somebody may not be told about this case for now.",
    "hold", "to", "ground", "until", "reason", "reference",
)  # fmt: skip
register("notice.hold_ended", "Somebody may be told about this case again.", "hold", "reason")
register(
    "notice.text_saved",
    "The words of a kind of notice were changed, or the shipped ones restored.",
    "text", "kind", "language", "number", "shipped", "digest",
)  # fmt: skip
register(
    "transparency.facts_written",
    "What the public database is told of the facts was written.",
    "facts", "digest",
)  # fmt: skip
register(
    "transparency.called",
    "Statements were submitted to the DSA Transparency Database.",
    "call", "batch", "count", "status", "outcome",
)  # fmt: skip
register(
    "transparency.kept",
    "The DSA Transparency Database holds this statement.",
    "entry", "puid", "how",
)  # fmt: skip
