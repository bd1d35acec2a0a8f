"""For anybody: reporting, and following a report."""
