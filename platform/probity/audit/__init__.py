"""Append-only events, one hash chain per case: who did what, when, provably."""
