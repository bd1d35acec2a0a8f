from probity.audit.registry import register

register("identity.created", "A creator made a signing key.", "identity", "algorithm", "kind")
register("identity.imported", "A creator imported a certificate.", "identity", "certificate")
register("identity.revoked", "A creator gave up a signing key for good.", "identity")
register("work.asked", "A creator asked for a signature.", "work", "identity", "source")
register(
    "work.signed",
    "A work was signed and found valid.",
    "work", "identity", "certificate", "sha256", "manifest", "development",
)  # fmt: skip
register("work.refused", "A work could not be signed.", "work", "why")
register("work.withdrawn", "A creator removed a signed work's file.", "work")
register("works.exported", "A creator took everything out.", "works", "identities")
