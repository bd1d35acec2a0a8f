"""For reviewers: the queue and the case page."""
