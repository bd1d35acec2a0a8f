"""People, their roles, and scoped tokens for programs."""
