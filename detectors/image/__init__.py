"""Built-in image detectors: one module and one card each."""
