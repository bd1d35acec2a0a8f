"""Media made on the spot, whose alterations are known: truth for tests, figures and the demo."""
