from probity.audit.registry import register

register(
    "hold.placed",
    "A legal hold was placed: nothing it covers may be destroyed.",
    "hold", "kind", "case", "asset", "reason", "reference", "until",
)  # fmt: skip
register("hold.released", "A legal hold was released.", "hold", "reason")
register("hold.ended", "A legal hold came to its end.", "hold", "until")
register(
    "retention.set",
    "A retention schedule was changed.",
    "schedule", "category", "was_days", "was_anchor", "days", "anchor",
)  # fmt: skip
register(
    "retention.cleared",
    "The time for keeping the case ran out; its media and words were destroyed.",
    "days", "anchor", "since", "files", "reports", "bundles", "left_to_others",
)  # fmt: skip
register(
    "item.given_up",
    "The file left the case; other cases still need it, so its bytes stay for them.",
    "asset", "why",
)  # fmt: skip
register(
    "erasure.asked",
    "Somebody asked for data about them to be erased.",
    "request", "requester", "reports", "assets", "words", "due",
)  # fmt: skip
register(
    "erasure.joined",
    "What was asked again joined the open request.",
    "request", "reports", "assets",
)  # fmt: skip
register("erasure.extended", "The time for an erasure was extended.", "request", "due")
register("erasure.overdue", "The time for answering an erasure request passed.", "request", "due")
register("erasure.approved", "A person approved an erasure.", "request", "assets")
register("erasure.refused", "A person refused an erasure.", "request", "ground")
register("erasure.held", "An erasure waits: a legal hold forbids it.", "request")
register(
    "erasure.resumed", "What stood in its way is gone; the erasure goes on by itself.", "request"
)
register(
    "erasure.partly",
    "What could be erased is gone; other cases still need a file, or notes wait for a look.",
    "request", "assets", "notes",
)  # fmt: skip
register("erasure.done", "All that was asked for is erased.", "request", "steps")
register(
    "erasure.notes_asked",
    "Notes in which nothing of what was erased was found were put before a person.",
    "about", "notes", "due",
)  # fmt: skip
register("erasure.note_kept", "A person looked at a note and kept it.", "note")
