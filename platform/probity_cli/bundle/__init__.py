"""`probity bundle`: verify, reproduce and compare evidence bundles, offline."""
