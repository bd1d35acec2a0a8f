from probity.audit.registry import register
from probity.outbox import kinds

CLOCK_EXAMPLE = {
    "clock": "1d3f9a50-7f0e-4a51-8f6c-0a3f5d1c2b10",
    "case": {
        "id": "b9d6a1f0-63a5-4c2c-8b1a-6d8f1f0f2a11",
        "number": "P-000042",
        "queue": "general",
    },
    "rule": "us-take-it-down",
    "duty": "remove",
    "due": "2026-11-21T10:15:00+00:00",
    "own_target": False,
}
kinds.register("clock.warned", "Three quarters of a deadline's time are gone.", CLOCK_EXAMPLE)
kinds.register("clock.breached", "A deadline passed.", CLOCK_EXAMPLE)
kinds.register(
    "case.escalated",
    "Somebody asked a lead to look at a case.",
    {"case": CLOCK_EXAMPLE["case"], "escalated_at": "2026-11-21T10:15:00+00:00"},
)

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
register(
    "case.claimed", "A reviewer took the case; an open one is in review from then on.",
    "claim", "person", "until", "was", "now",
)  # fmt: skip
register("case.claim_extended", "The claim was extended.", "claim", "person", "until")
register("case.released", "The case went back to the queue.", "claim", "person", "why")
register("case.places", "The places of the case were corrected.", "was", "now")
register("case.uploader", "The account that uploaded it became known.", "uploader")
register("case.state", "The case moved on.", "was", "now")
register(
    "request.valid",
    "A report had every element of a request that starts a statutory clock.",
    "report", "at",
)  # fmt: skip
register("clocks.set", "The running deadlines changed.", "started", "ended")
register("clock.warned", "A deadline came near.", "clock", "rule", "duty", "due")
register("clock.breached", "A deadline passed.", "clock", "rule", "duty", "due")
register("clock.met", "What a deadline asks for was done.", "clock", "rule", "duty", "due")
register(
    "case.demonstration", "The case was marked as a demonstration: nothing in it is real.",
    "demonstration",
)  # fmt: skip
register("case.demonstration_removed", "The demonstration was taken out of sight.", "demonstration")
register("queue.added", "A queue was made.", "queue", "order")
register("queue.changed", "A queue was renamed or moved.", "queue", "order")
register("queue.targets", "A queue's service targets were set.", "queue", "minutes", "pauses")
register("case.category", "A graver report joined; the case is about that now.", "was", "now")
register("routing.changed", "The routing rules were changed.", "rules")
register("priority.weights", "What makes a case urgent was weighed anew.", "number", "weights")
register(
    "clocks.paused", "Clocks that may stand still stopped: the case waits for somebody.",
    "clocks", "waiting_for",
)  # fmt: skip
register("clocks.resumed", "The stopped clocks run on.", "clocks")
register("case.snoozed", "The case was put off.", "until", "waiting_for")
register("case.woken", "The case came back.", "why")
register("case.sent", "The case was sent to a person.", "handover", "person", "until")
register(
    "case.sent_ended", "The case waits for that person no longer.", "handover", "person", "why"
)
register("case.skipped", "A reviewer left the case to others.", "person", "until")
register("case.escalated", "Somebody asked a lead to look at the case.", "at")
register("case.escalation_ended", "A lead looked at the escalated case.")
register("case.noted", "Somebody wrote down why.", "note", "kind", "text")
register("case.notes_erased", "What people wrote down about the case was erased.", "notes")
register(
    "case.merged", "The case was merged into another one.", "other", "number", "reports", "files"
)
register("case.absorbed", "Another case was merged into it.", "other", "number", "reports", "files")
register("case.split", "A report got a case of its own.", "other", "number", "report", "files")
register(
    "case.split_off", "The case was split off another one.", "other", "number", "report", "files"
)
register("case.queued", "The case was put into another queue.", "was", "now", "why")
register("report.erased", "What a report said of its sender was erased.", "report")
