from probity.audit.registry import register

register(
    "bulk.proposed",
    "One action was asked for on many cases.",
    "run", "action", "chosen", "left_out", "second_person", "reason", "query",
)  # fmt: skip
register("bulk.answered", "A second person agreed or refused.", "run", "agreed", "reason")
register("bulk.stopped", "A run was stopped before its end.", "run", "done", "left")
register("bulk.ended", "A run came to its end.", "run", "done", "failed")
register("bulk.undo_begun", "A run was taken back as a whole.", "run", "reason")
register("bulk.undone", "All of a run that could be taken back was.", "run", "undone", "kept")
register("bulk.applied", "A run acted on this case.", "run", "action", "result")
register("bulk.reverted", "What a run did to this case was taken back.", "run", "action")
register("bulk.forgotten", "The words of a run were erased; what it did stays.", "run")
