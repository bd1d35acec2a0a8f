"""Built-in video detectors: one module and one card each."""
