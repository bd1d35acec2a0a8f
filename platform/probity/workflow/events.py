from probity.audit.registry import register
from probity.outbox import kinds

register(
    "instance.started",
    "The installation started with other settings, resources or software than before.",
    "version", "settings", "resources",
)  # fmt: skip

register(
    "instance.restored",
    "A backup was put back: the log goes on from an older state, and what came after it is lost.",
    "why", "statements", "notes", "newest_size", "newest_root",
)  # fmt: skip
kinds.register(
    "access.exception_taken",
    "Somebody opened a queue they have no grant for; leads must take notice.",
    {
        "person": "5a0f0b52-7c0b-4f0e-9a57-0e3c2f9a8f10",
        "queue": "general",
        "until": "2026-11-21T14:15:00+00:00",
    },
)
kinds.register(
    "decision.made",
    "A case was decided; carry the decision out.",
    {
        "decision": "7c0b1a52-5a0f-4f0e-9a57-0e3c2f9a8f10",
        "supersedes": None,
        "decided_at": "2026-11-21T10:15:00+00:00",
        "case": {
            "id": "b9d6a1f0-63a5-4c2c-8b1a-6d8f1f0f2a11",
            "number": "P-000042",
            "category": "impersonation",
        },
        "action": "label",
        "places": [],
        "rules": ["ca-election-deepfake"],
        "automated_decision": False,
        "target": {"urls": ["https://host.example/post/1"], "sha256": []},
    },
)
register(
    "instance.synthetic",
    "The installation was filled with made-up cases.",
    "cases", "seed",
)  # fmt: skip
