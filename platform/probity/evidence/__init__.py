"""Assets by SHA-256, their storage, their custody, and what is derived from them."""
