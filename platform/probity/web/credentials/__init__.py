"""How Content Credentials, metadata and watermarks are shown, to strangers and reviewers alike."""
