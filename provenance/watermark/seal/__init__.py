"""The institution's own seal for pictures and video: whose it is, which work, what was altered."""
