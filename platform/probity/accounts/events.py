from probity.audit.registry import register

register("person.created", "A person was given an account.", "person", "roles")
register("person.password_set", "A person set a new password.", "person")
register("person.signed_in", "A person signed in.", "person")
register("token.created", "An API token was issued.", "token", "person", "scopes")
register("token.revoked", "An API token was revoked.", "token", "person")
