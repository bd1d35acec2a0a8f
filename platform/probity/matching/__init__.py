"""Known copies: signals of assets, banks of known hashes, matches, and clusters of copies."""
