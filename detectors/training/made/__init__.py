"""Fakes made of genuine files: the same content on both sides, so that only the making differs."""
