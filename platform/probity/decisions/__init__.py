"""Fact answers, evaluations of the law, decisions, statements of reasons; the door to policy."""
