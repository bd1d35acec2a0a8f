from probity.audit.registry import register
from probity.outbox import kinds

register("fact.answered", "A reviewer answered a question of the law.", "answer", "fact", "value")
register("law.evaluated", "The law was applied to the facts.", "evaluation", "digest", "packs")
register(
    "case.decided",
    "A person decided the case; it takes effect later.",
    "decision", "action", "measures", "rules", "reason", "supersedes", "second_person",
    "automation",
)  # fmt: skip
register(
    "decision.approved",
    "A second person agreed to a decision.",
    "decision", "answer", "reason",
)  # fmt: skip
register(
    "decision.refused",
    "A second person refused a decision.",
    "decision", "answer", "reason",
)  # fmt: skip
register("decision.undone", "A decision was taken back before it took effect.", "decision")
register(
    "decision.effective",
    "A decision took effect; its measures began.",
    "decision", "supersedes", "measures",
)  # fmt: skip
register(
    "measure.over",
    "A measure was lifted or its time was over.",
    "measure", "reference", "action", "why",
)  # fmt: skip
register(
    "measure.outcome",
    "The host platform said what it did about a measure.",
    "measure", "outcome", "event", "result", "note",
)  # fmt: skip
register(
    "second_person.ruled",
    "Somebody said whether decisions about a subject need a second person.",
    "rule", "subject", "needed",
)  # fmt: skip
register("statement.issued", "A statement of reasons was written.", "statement", "digest")
register("pack.kept", "A policy pack was used for the first time.", "pack", "version", "digest")
register(
    "pack.approved",
    "A person approved a version of a policy pack.",
    "approval", "pack", "version", "digest", "note",
)  # fmt: skip
register(
    "pack.approval_withdrawn",
    "A person took the approval of a policy pack back.",
    "approval", "pack", "version", "digest", "note",
)  # fmt: skip

MEASURE = {
    "measure": "0f5b8f0a-1f6e-4a50-8a0e-2a5f8f6b7c31",
    "decision": "7c0b1a52-5a0f-4f0e-9a57-0e3c2f9a8f10",
    "case": {
        "id": "b9d6a1f0-63a5-4c2c-8b1a-6d8f1f0f2a11",
        "number": "P-000042",
        "category": "impersonation",
    },
    "action": "restrict",
    "scope": {"about": "item", "places": ["DE"]},
    "starts_at": "2026-11-21T10:15:00+00:00",
    "ends_at": "2026-12-21T10:15:00+00:00",
}
TARGET = {"urls": ["https://host.example/post/1"], "sha256": [], "account": None}

kinds.register(
    "measure.applied",
    "A measure is in effect; carry it out.",
    {**MEASURE, "replaces": None, "target": TARGET},
)
kinds.register(
    "measure.lifted",
    "A measure is lifted; undo what was done for it.",
    {**MEASURE, "replaced_by": None, "target": TARGET},
)
kinds.register(
    "measure.expired",
    "The time of a measure is over; undo what was done for it.",
    {**MEASURE, "target": TARGET},
)
