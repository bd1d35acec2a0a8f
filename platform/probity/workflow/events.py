from probity.audit.registry import register

register(
    "instance.started",
    "The installation started with other settings, resources or software than before.",
    "version", "settings", "resources",
)  # fmt: skip
