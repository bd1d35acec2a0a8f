"""The search page, saved searches, and tables of what was found."""
