"""An example detector for Probity."""
