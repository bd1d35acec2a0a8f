"""For legal reviewers: the history of a case, and its statement of reasons."""
