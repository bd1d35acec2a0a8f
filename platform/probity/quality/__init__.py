"""How good decisions are: golden cases, blind second reviews, agreement between people."""
