from probity.audit.registry import register

from . import kinds

register("endpoint.made", "A webhook endpoint was added.", "endpoint", "kinds")
register("endpoint.changed", "A webhook endpoint was changed.", "endpoint", "kinds", "url_changed")
register(
    "endpoint.rotated", "A webhook endpoint got a new secret.", "endpoint", "former_until"
)  # fmt: skip
register("endpoint.disabled", "A webhook endpoint was switched off.", "endpoint", "why")
register("endpoint.enabled", "A webhook endpoint was switched on again.", "endpoint")
register(
    "message.queued",
    "A message was written down to be sent.",
    "message", "channel", "kind", "digest",
)  # fmt: skip
register(
    "message.sent", "A message was taken by its receiver.", "message", "attempts", "status"
)  # fmt: skip
register(
    "message.dead", "A message could not be delivered.", "message", "attempts", "why"
)  # fmt: skip
register("message.redelivered", "A person had a message sent again.", "message")
register("message.forgotten", "The words of a sent message were erased.", "message")

kinds.register(
    kinds.TEST,
    "A test, sent by an administrator.",
    {"sentence": "This is a test. Nothing needs to be done."},
)
