"""Statements of reasons and notices: their words, what was sent to whom, what was withheld and why;
the export to the DSA Transparency Database."""
