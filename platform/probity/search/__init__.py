"""Finding cases again: words kept beside every text a reviewer may read, and a small language."""
