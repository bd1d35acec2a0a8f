"""`probity scan`: a folder, file by file, with credentials, metadata and detectors together."""
