from probity.audit.registry import register
from probity.outbox import kinds

register(
    "appeal.received", "Somebody contested a decision.",
    "appeal", "decision", "kind", "side", "report", "ground", "words", "contact", "snapshot", "due",
)  # fmt: skip
register("appeal.evidence", "A file came with the appeal.", "appeal", "asset")
register("appeal.taken", "A person took the appeal.", "appeal", "person", "until")
register("appeal.released", "The appeal waits for somebody again.", "appeal", "why")
register("appeal.note", "A note was written on the appeal.", "appeal", "note", "text")
register(
    "appeal.ruled", "A person ruled on the appeal.",
    "appeal", "ruling", "outcome", "reason", "decision",
)  # fmt: skip
register(
    "appeal.fell", "The new decision did not come about, so the appeal is open again.",
    "appeal", "ruling", "decision",
)  # fmt: skip
register("appeal.closed", "The outcome of the appeal took effect.", "appeal", "outcome")
register("appeal.warned", "The time we gave ourselves for the appeal runs out.", "appeal", "due")
register("appeal.breached", "The time we gave ourselves for the appeal is over.", "appeal", "due")
register("appeal.erased", "What an appeal said was erased.", "appeal")
register(
    "misuse.found", "A person found something manifest.", "manifest", "kind", "subject", "reason"
)
register("misuse.withdrawn", "What was found manifest was taken back.", "manifest", "kind")
register(
    "misuse.warned", "A party was warned that it may be suspended.",
    "warning", "party", "counted", "days", "digest",
)  # fmt: skip
register(
    "suspension.proposed", "A person proposed a suspension.",
    "suspension", "party", "warning", "days", "reason",
)  # fmt: skip
register("suspension.begun", "A second person agreed; the suspension began.", "suspension", "until")
register("suspension.refused", "A second person refused the suspension.", "suspension")
register("suspension.over", "The suspension ended.", "suspension", "early")
register(
    "suspension.passed_over",
    "A statutory request was taken in although its sender is suspended.",
    "suspension", "report",
)  # fmt: skip
register(
    "request.updated", "Whoever asked as the person shown was written to.",
    "report", "update", "kind", "text",
)  # fmt: skip
register(
    "request.copies", "Known copies were looked for because of a valid request.",
    "search", "identical", "near", "cases",
)  # fmt: skip
register(
    "referral.proposed", "A person proposed to refer the case to an outside body.",
    "referral", "plugin", "digest", "files", "reason",
)  # fmt: skip
register("referral.agreed", "A second person agreed to the referral.", "referral")
register("referral.refused", "A second person refused the referral.", "referral")
register(
    "referral.step", "The outside body was called.", "referral", "step", "name", "ok", "status"
)
register(
    "referral.ended", "The referral was finished or retracted.", "referral", "outcome", "keep_until"
)

kinds.register(
    "request.blocked",
    "Somebody shown asked for removal; keep it out of view until the decision (SB 981).",
    {
        "case": {
            "id": "0b4fbe02-6d3e-4e36-9f2f-6f0d6f0b1a11",
            "number": "P-000012",
            "category": "intimate",
        },
        "until": "decision",
        "target": {"urls": ["https://host.example/post/1"], "sha256": []},
    },
)
kinds.register(
    "account.suspended",
    "Two people suspended an account because it often uploaded manifestly illegal content.",
    {
        "suspension": "5b0f0b42-4a3f-4b3a-9d0f-0c6f3b0f7d10",
        "account": "user-4711",
        "from": "2026-11-21T10:00:00+00:00",
        "until": "2026-12-21T10:00:00+00:00",
    },
)
kinds.register(
    "account.suspension_over",
    "A suspension of an account ended.",
    {
        "suspension": "5b0f0b42-4a3f-4b3a-9d0f-0c6f3b0f7d10",
        "account": "user-4711",
        "early": False,
    },
)
