"""Built-in audio detectors: one module and one card each."""
