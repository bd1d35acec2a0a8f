from probity.audit.registry import register

register("fact.answered", "A reviewer answered a question of the law.", "answer", "fact", "value")
register("law.evaluated", "The law was applied to the facts.", "evaluation", "digest", "packs")
register(
    "case.decided",
    "A person decided the case.",
    "decision", "action", "rules", "reason", "supersedes",
)  # fmt: skip
register("statement.issued", "A statement of reasons was written.", "statement", "digest")
