"""Reports become cases: evidence items, queue, claims, states."""
