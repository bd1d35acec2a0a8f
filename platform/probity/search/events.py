from probity.audit.registry import register

register("view.saved", "Somebody saved a search.", "view", "shared", "pinned")
register("view.removed", "A saved search was removed.", "view")
register(
    "search.exported",
    "Cases that a search found left as a table (CSV).",
    "export", "query", "cases",
)  # fmt: skip
register("search.forgotten", "What was asked for a table that left was erased.", "export")
