from probity.audit.registry import register
from probity.outbox import kinds

register("watch_list.made", "A watch-list was made.", "watch_list", "kind")
register("watch_list.paused", "A watch-list was paused.", "watch_list")
register("watch_list.resumed", "A watch-list was taken up again.", "watch_list")
register("watch_list.term_added", "Something was put on a watch-list.", "watch_list", "term")
register("watch_list.term_removed", "Something was taken off a watch-list.", "watch_list", "term")
register(
    "subscription.asked",
    "An address was asked to confirm that it wants alerts.",
    "subscription", "watch_list", "channel", "rhythm",
)  # fmt: skip
register("subscription.confirmed", "Alerts were confirmed from the address.", "subscription")
register("subscription.ended", "Alerts to an address ended.", "subscription", "why")
register("alert.raised", "A watch-list found something.", "alert", "watch_list", "level")
register("alert.erased", "What an alert said was erased together with its file.", "alert")
register("alert.closed", "A person said what an alert was worth.", "alert", "outcome")

kinds.register(
    "alert.raised",
    "A watch-list found something.",
    {
        "alert": "3f0c6d7e-8b1a-4b53-9d0f-5a8c1f2e7b90",
        "watch_list": {"id": "c2a4d1d2-0f6b-4d0e-8a4f-0c9d6b7f1a11", "name": "Our own name"},
        "kind": "signer",
        "level": "certain",
        "withheld": False,
        "found": "A file in case P-000042 claims to be signed by Example Press.",
        "sure": "The file says so itself; no trust list vouches for it.",
        "what_to_do": "Look at the file and its certificate; warn your readers if it is false.",
        "raised_at": "2026-11-21T10:15:00+00:00",
        "address": "https://probity.example/alerts/3f0c6d7e-8b1a-4b53-9d0f-5a8c1f2e7b90",
    },
)
kinds.register(
    "alert.digest",
    "Several alerts at once.",
    {
        "watch_list": {"id": "c2a4d1d2-0f6b-4d0e-8a4f-0c9d6b7f1a11", "name": "Our own name"},
        "count": 2,
        "alerts": [],
        "address": "https://probity.example/alerts",
    },
)
