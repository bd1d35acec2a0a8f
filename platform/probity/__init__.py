"""Probity: from a report about a piece of media to a decided case."""
