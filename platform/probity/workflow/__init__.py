"""Services that cross rooms, and the workers that carry them out."""
