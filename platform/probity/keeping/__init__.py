"""Keeping and erasing: legal holds, retention, erasure, and the ledger that outlives a restore."""
