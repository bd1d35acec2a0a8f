"""Which language a page speaks, and what it has to say in it."""
