"""Checks for anybody, creators' identities and signed works; the second door to provenance."""
