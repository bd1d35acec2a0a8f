from probity.audit.registry import register

register("person.created", "A person was given an account.", "person", "roles")
register("person.password_set", "A person set a new password.", "person")
register(
    "person.signed_in", "A person signed in.", "person", "session", "way", "factor",
)  # fmt: skip
register(
    "person.sign_in_failed",
    "Somebody did not get in; the person is named only when the name they gave exists.",
    "person", "step",
)  # fmt: skip
register("session.ended", "A person's session ended.", "person", "session", "why")
register("factor.added", "A person added a second factor.", "person", "kind")
register("factor.removed", "A person's second factor was removed.", "person", "kind", "why")
register("factor.recovery_used", "A recovery code let a person in.", "person", "left")
register("factor.codes_made", "A person's recovery codes were made anew.", "person")
register("factor.reset_asked", "Somebody asked to reset a lost second factor.", "person", "reset")
register(
    "factor.reset_settled", "The wish to reset a second factor was settled.",
    "person", "reset", "outcome",
)  # fmt: skip
register("person.roles_set", "A person's roles were changed.", "person", "roles", "before")
register("person.disabled", "A person's account was closed.", "person")
register("person.enabled", "A person's account was opened again.", "person")
register(
    "person.sign_on_set", "A person's name at the sign-in service was entered or taken away.",
    "person",
)  # fmt: skip
register(
    "person.language_set", "A person chose the language of their pages.",
    "person", "language",
)  # fmt: skip
register("person.password_reset", "A person was given a new one-time password.", "person")
register(
    "person.linked", "A person was bound to an account at a sign-in service.",
    "person", "service", "subject",
)  # fmt: skip
register(
    "grant.given", "What a person may see was widened, or a category was declined.",
    "grant", "person", "kind", "queue", "category",
)  # fmt: skip
register(
    "grant.ended", "A grant, an exception or a declined category ended.",
    "grant", "person", "kind", "queue", "category",
)  # fmt: skip
register(
    "access.exception_taken", "A person opened a queue they have no grant for, with a reason.",
    "grant", "person", "queue", "until",
)  # fmt: skip
register(
    "access.exception_noticed", "A lead took notice of an exception.", "grant", "person",
)  # fmt: skip
register("token.created", "An API token was issued.", "token", "person", "scopes", "expires")
register("token.revoked", "An API token was revoked.", "token", "person")
