from probity.audit.registry import register

register("fact.answered", "A reviewer answered a question of the law.", "answer", "fact", "value")
register("law.evaluated", "The law was applied to the facts.", "evaluation", "digest", "packs")
register(
    "case.decided",
    "A person decided the case.",
    "decision", "action", "rules", "reason", "supersedes",
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
