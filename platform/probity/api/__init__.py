"""The REST interface: the same line as in the browser, for programs."""
