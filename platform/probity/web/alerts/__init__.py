"""Watch-lists and what they found, for staff; yes and goodbye, for whoever gets alerts."""
