"""A labelled set in, honest figures out: with intervals, beside the leaks, on held-out groups."""
