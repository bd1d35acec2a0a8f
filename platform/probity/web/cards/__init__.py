"""Detectors' cards: what each measures, what defeats it, and how well it does."""
