"""Watch-lists, what was found on them, and who is told of it and how."""
