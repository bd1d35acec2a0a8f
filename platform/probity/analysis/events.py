from probity.audit.registry import register

register("run.started", "An analysis began.", "run", "asset", "attempt")
register("run.finished", "An analysis ended.", "run", "asset", "findings", "digest", "state")
