"""Pages for those who run the installation."""
