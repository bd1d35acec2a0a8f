"""Ids, clock, errors, environment, append-only tables and the launcher: known by every room."""
