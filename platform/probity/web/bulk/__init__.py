"""Runs over many cases: asked for, looked at, agreed to, undone."""
