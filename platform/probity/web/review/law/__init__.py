"""Packs as readable law: browse, what-if, changes, approval."""
